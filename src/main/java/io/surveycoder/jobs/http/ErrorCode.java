package io.surveycoder.jobs.http;

import java.util.Locale;

/**
 * The one table of errors: a code and the HTTP status it travels with (contract §1).
 */
public enum ErrorCode {

	BAD_REQUEST(400), UNAUTHORIZED(401), KEY_REVOKED(401), KEY_EXPIRED(401), NO_ORG(401), INSUFFICIENT_SCOPE(403),
	NOT_FOUND(404), METHOD_NOT_ALLOWED(405), NOT_ACCEPTABLE(406), INVALID_STATE(409), PAYLOAD_TOO_LARGE(413),
	UNSUPPORTED_MEDIA_TYPE(415), VALIDATION_ERROR(422), RATE_LIMITED(429), INTERNAL_ERROR(500),
	SERVICE_UNAVAILABLE(503);

	private final int status;

	ErrorCode(int status) {
		this.status = status;
	}

	public int status() {
		return this.status;
	}

	/**
	 * The code in kebab-case, as it ends the {@code doc_url}.
	 */
	public String slug() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	/**
	 * The code for a status that a library or the servlet container chose: its own where
	 * there is one, else the general one of its hundred. 501 and 505 say that the client
	 * spoke another HTTP than ours, so the fault is the client's.
	 */
	static ErrorCode ofStatus(int status) {
		return switch (status) {
			case 401 -> UNAUTHORIZED;
			case 403 -> INSUFFICIENT_SCOPE;
			case 404 -> NOT_FOUND;
			case 405 -> METHOD_NOT_ALLOWED;
			case 406 -> NOT_ACCEPTABLE;
			case 409 -> INVALID_STATE;
			case 413 -> PAYLOAD_TOO_LARGE;
			case 415 -> UNSUPPORTED_MEDIA_TYPE;
			case 422 -> VALIDATION_ERROR;
			case 429 -> RATE_LIMITED;
			case 501, 505 -> BAD_REQUEST;
			case 503 -> SERVICE_UNAVAILABLE;
			default -> (status < 500) ? BAD_REQUEST : INTERNAL_ERROR;
		};
	}

}
