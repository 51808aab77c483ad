package io.surveycoder.jobs.webhook;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Pattern;

import io.surveycoder.jobs.http.ApiException;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * Which part of the log a client asks for. Read from the request as it was sent, like the
 * list of jobs.
 *
 * @param limit at most so many, 1 to 100
 * @param before only older ones than this; absent: from the newest on
 */
record DeliveryPage(int limit, @Nullable String before) {

	static final int MOST = 100;

	private static final int DEFAULT_LIMIT = 20;

	private static final Pattern LIMIT = Pattern.compile("[1-9][0-9]?|100");

	// The 12 bytes of an id.
	private static final Pattern CURSOR = Pattern.compile("[A-Za-z0-9_-]{16}");

	static DeliveryPage parse(HttpServletRequest request) {
		String limit = only(request, "limit");
		if (limit != null && !LIMIT.matcher(limit).matches()) {
			throw ApiException.invalid("limit must be an integer between 1 and 100");
		}
		String cursor = only(request, "cursor");
		if (cursor != null && !CURSOR.matcher(cursor).matches()) {
			throw ApiException.invalid("cursor must be one that a Link header gave");
		}
		return new DeliveryPage((limit != null) ? Integer.parseInt(limit) : DEFAULT_LIMIT,
				(cursor != null)
						? "whd_" + HexFormat.of()
							.formatHex(Base64.getUrlDecoder().decode(cursor.getBytes(StandardCharsets.US_ASCII)))
						: null);
	}

	/**
	 * The {@code Link} to what comes after this delivery.
	 */
	String linkAfter(String webhookId, String last) {
		String cursor = Base64.getUrlEncoder().encodeToString(HexFormat.of().parseHex(last.substring(4)));
		return "</v2/webhooks/" + webhookId + "/deliveries?limit=" + this.limit + "&cursor=" + cursor
				+ ">; rel=\"next\"";
	}

	private static @Nullable String only(HttpServletRequest request, String name) {
		String[] values = request.getParameterValues(name);
		if (values != null && values.length > 1) {
			throw ApiException.invalid(name + " must be given once");
		}
		return (values != null) ? values[0] : null;
	}

}
