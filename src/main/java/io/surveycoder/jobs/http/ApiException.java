package io.surveycoder.jobs.http;

import org.springframework.http.HttpHeaders;

/**
 * Ends a request with an error of the contract. The message goes to the client as it is:
 * it names what is wrong and the fix, and never holds a secret.
 */
public final class ApiException extends RuntimeException {

	private final ErrorCode code;

	private final transient HttpHeaders headers = new HttpHeaders();

	public ApiException(ErrorCode code, String message) {
		// No stack trace: it is an answer, not an accident, and is made at the rate
		// of bad requests.
		super(message, null, false, false);
		this.code = code;
	}

	public static ApiException notFound(String what) {
		return new ApiException(ErrorCode.NOT_FOUND, what + " not found");
	}

	public static ApiException invalid(String message) {
		return new ApiException(ErrorCode.VALIDATION_ERROR, message);
	}

	public ApiException with(String header, String value) {
		this.headers.set(header, value);
		return this;
	}

	public ErrorCode code() {
		return this.code;
	}

	public String text() {
		return String.valueOf(getMessage());
	}

	HttpHeaders headers() {
		return this.headers;
	}

}
