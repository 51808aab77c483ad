package io.surveycoder.jobs.http;

import java.io.IOException;

import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/**
 * Gives the servlet container's own errors (a malformed request line, an oversized
 * header, a broken escape) the envelope too, instead of Tomcat's HTML page.
 */
@Component
final class ContainerErrors implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

	private final ErrorWriter writer;

	ContainerErrors(ErrorWriter writer) {
		this.writer = writer;
	}

	@Override
	public void customize(TomcatServletWebServerFactory factory) {
		// TRACE is refused with the others, after authentication, not by the connector.
		factory.addConnectorCustomizers((connector) -> connector.setAllowTrace(true));
		factory.addContextCustomizers((context) -> {
			StandardHost host = (StandardHost) context.getParent();
			host.getPipeline().addValve(new EnvelopeValve(this.writer));
			// The host adds no report of its own when it finds one of this class.
			host.setErrorReportValveClass(EnvelopeValve.class.getName());
		});
	}

	/**
	 * Public and non-final only because Tomcat asks for it by name.
	 */
	public static class EnvelopeValve extends ErrorReportValve {

		private final ErrorWriter writer;

		EnvelopeValve(ErrorWriter writer) {
			this.writer = writer;
		}

		@Override
		protected void report(Request request, Response response, @Nullable Throwable throwable) {
			int status = response.getStatus();
			if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
				return;
			}
			try {
				// Of a request that comes while the connector closes, Tomcat does not
				// read
				// the headers, and then takes it for malformed.
				ErrorCode code = LeanConnections.Protocol.isPaused(request) ? ErrorCode.SERVICE_UNAVAILABLE
						: ErrorCode.ofStatus(status);
				// Not the facade: that takes no header any more after a sendError.
				ApiException error = new ApiException(code, message(code));
				if (code == ErrorCode.SERVICE_UNAVAILABLE) {
					error.with(HttpHeaders.RETRY_AFTER, "1");
				}
				this.writer.write(request, response, error);
			}
			catch (IOException | IllegalStateException _) {
				// The client is gone, or has its answer already.
			}
		}

		private static String message(ErrorCode code) {
			return switch (code) {
				case BAD_REQUEST -> "The request is not valid HTTP, or its headers are too large";
				case SERVICE_UNAVAILABLE -> "This instance is about to stop; try again";
				case INTERNAL_ERROR -> "Something went wrong on our side";
				default -> HttpStatus.valueOf(code.status()).getReasonPhrase();
			};
		}

	}

}
