package io.surveycoder.jobs.http;

import java.io.IOException;
import java.net.URI;

import io.surveycoder.jobs.http.ErrorBody.Detail;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.stereotype.Component;

/**
 * Writes the error envelope. All errors end here, those of filters, controllers and the
 * servlet container alike; it writes straight to the response, since an error is JSON
 * whatever the client said it accepts.
 */
@Component
final class ErrorWriter {

	private final JsonMapper json;

	private final Docs docs;

	ErrorWriter(JsonMapper json, Docs docs) {
		this.json = json;
		this.docs = docs;
	}

	void write(HttpServletRequest request, HttpServletResponse response, ApiException error) throws IOException {
		error.headers().forEach((name, values) -> values.forEach((value) -> response.setHeader(name, value)));
		RequestId id = RequestId.of(request);
		byte[] body = this.json.writeValueAsBytes(new ErrorBody(false, new Detail(error.code().name(), error.text(),
				id.fromCaller() ? id.value() : null, this.docs.urlOf(error.code()))));
		response.setHeader(RequestId.HEADER, id.value());
		response.setStatus(error.code().status());
		response.setContentType("application/json");
		response.setContentLength(body.length);
		response.getOutputStream().write(body);
		response.flushBuffer();
	}

	/**
	 * Where errors are explained.
	 *
	 * @param errorsBaseUrl an absolute URL; a code in kebab-case is appended
	 */
	@ConfigurationProperties("jobs.docs")
	record Docs(@DefaultValue("https://docs.surveycoder.io/errors/") URI errorsBaseUrl) {

		Docs {
			if (!errorsBaseUrl.isAbsolute() || errorsBaseUrl.getHost() == null) {
				throw new IllegalArgumentException(
						"jobs.docs.errors-base-url must be an absolute URL, not '" + errorsBaseUrl + "'");
			}
		}

		String urlOf(ErrorCode code) {
			String base = this.errorsBaseUrl.toString();
			return (base.endsWith("/") ? base : base + "/") + code.slug();
		}

	}

}
