package io.surveycoder.jobs.http;

import java.io.IOException;
import java.sql.SQLException;
import java.util.Set;
import java.util.TreeSet;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.coyote.CloseNowException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springdoc.api.OpenApiResourceNotFoundException;

import org.springframework.core.NestedExceptionUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;
import org.springframework.web.context.request.async.AsyncRequestTimeoutException;

/**
 * Turns whatever was thrown into an answer of the contract. What the client may know is
 * said; anything else is a 500 that says nothing, and the log has the rest under the
 * request's id.
 */
@RestControllerAdvice
final class ErrorAdvice {

	private static final Logger log = LoggerFactory.getLogger(ErrorAdvice.class);

	private final ErrorWriter writer;

	ErrorAdvice(ErrorWriter writer) {
		this.writer = writer;
	}

	@ExceptionHandler
	void answer(Exception thrown, HttpServletRequest request, HttpServletResponse response) throws IOException {
		if (thrown instanceof AsyncRequestNotUsableException || clientIsGone(thrown)) {
			return;
		}
		if (thrown instanceof CloseNowException cutShort) {
			throw cutShort;
		}
		ApiException error = passed(translate(thrown), request);
		// What the service says on purpose is no accident.
		if (error.code().status() >= 500 && error != thrown) {
			log(error, thrown, request);
		}
		if (!response.isCommitted()) {
			response.resetBuffer();
			this.writer.write(request, response, error);
		}
	}

	private static ApiException passed(ApiException error, HttpServletRequest request) {
		try {
			ErrorGate.of(request).pass();
			return error;
		}
		catch (ApiException instead) {
			return instead;
		}
	}

	private static ApiException translate(Exception thrown) {
		return switch (thrown) {
			case ApiException known -> known;
			case HttpRequestMethodNotSupportedException ex -> methodNotAllowed(ex);
			case HttpMediaTypeNotAcceptableException _ -> new ApiException(ErrorCode.NOT_ACCEPTABLE,
					"The answer is application/json; the Accept header must allow it");
			case HttpMediaTypeNotSupportedException _ -> new ApiException(ErrorCode.UNSUPPORTED_MEDIA_TYPE,
					"The body must be sent as Content-Type: application/json");
			case OpenApiResourceNotFoundException _ -> ApiException.notFound("Resource");
			case HttpMessageNotReadableException _ when !refusedByContainer(thrown) ->
				ApiException.invalid("Invalid JSON");
			case AsyncRequestTimeoutException _ -> unavailable();
			case ErrorResponse ex when ex.getStatusCode().value() == 404 -> ApiException.notFound("Resource");
			case ErrorResponse ex when ex.getStatusCode().is4xxClientError() ->
				new ApiException(ErrorCode.ofStatus(ex.getStatusCode().value()), "The request cannot be understood");
			default -> databaseAway(thrown) ? unavailable()
					: refusedByContainer(thrown)
							? new ApiException(ErrorCode.BAD_REQUEST, "The query string or the body cannot be decoded")
							: new ApiException(ErrorCode.INTERNAL_ERROR, "Something went wrong on our side");
		};
	}

	private static ApiException methodNotAllowed(HttpRequestMethodNotSupportedException ex) {
		Set<String> allowed = new TreeSet<>();
		if (ex.getSupportedMethods() != null) {
			allowed.addAll(Set.of(ex.getSupportedMethods()));
		}
		if (allowed.contains("GET")) {
			allowed.add("HEAD");
		}
		String list = String.join(", ", allowed);
		return new ApiException(ErrorCode.METHOD_NOT_ALLOWED, "Method not allowed here; allowed: " + list)
			.with(HttpHeaders.ALLOW, list);
	}

	private static ApiException unavailable() {
		return new ApiException(ErrorCode.SERVICE_UNAVAILABLE, "The database is not available; try again")
			.with(HttpHeaders.RETRY_AFTER, "1");
	}

	// By SQLSTATE, since exception classes differ between pool, driver and JDBC: 08
	// connection, 53 resources (disk, memory, connections), 57 shutdown or cancelled,
	// 40 deadlock or serialization, 25006 a standby, 55P03 lock not available; none is
	// the pool's, for a connection that broke inside a transaction. The same request may
	// succeed later. A connection that was lost leaves open whether its last
	// statement was done.
	private static boolean databaseAway(Throwable thrown) {
		SQLException ex = cause(thrown, SQLException.class);
		if (ex == null) {
			return cause(thrown, org.springframework.jdbc.CannotGetJdbcConnectionException.class) != null
					|| cause(thrown, org.springframework.transaction.CannotCreateTransactionException.class) != null;
		}
		String state = ex.getSQLState();
		return ex instanceof java.sql.SQLTransientConnectionException || ex instanceof java.sql.SQLTimeoutException
				|| state == null || state.startsWith("08") || state.startsWith("53") || state.startsWith("57")
				|| state.startsWith("40") || state.equals("25006") || state.equals("55P03");
	}

	private static boolean refusedByContainer(Throwable thrown) {
		return cause(thrown, org.apache.tomcat.util.http.InvalidParameterException.class) != null
				|| cause(thrown, org.apache.coyote.BadRequestException.class) != null;
	}

	private static boolean clientIsGone(Throwable thrown) {
		return cause(thrown, org.apache.catalina.connector.ClientAbortException.class) != null;
	}

	private static <T extends Throwable> @Nullable T cause(Throwable thrown, Class<T> type) {
		for (Throwable at = thrown; at != null; at = at.getCause()) {
			if (type.isInstance(at)) {
				return type.cast(at);
			}
		}
		return null;
	}

	private static void log(ApiException error, Exception thrown, HttpServletRequest request) {
		if (error.code() == ErrorCode.INTERNAL_ERROR) {
			log.error("{} {} failed", request.getMethod(), request.getRequestURI(), thrown);
		}
		else {
			log.warn("{} {} answered {}: {}", request.getMethod(), request.getRequestURI(), error.code(),
					NestedExceptionUtils.getMostSpecificCause(thrown).getMessage());
		}
	}

}
