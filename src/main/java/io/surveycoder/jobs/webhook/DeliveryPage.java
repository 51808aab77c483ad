package io.surveycoder.jobs.webhook;

import java.nio.ByteBuffer;
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

	// What a cursor begins with, so that one of another list is none of ours.
	private static final byte FORM = 'd';

	private static final int ID_BYTES = 12;

	// Of an id, before its digits.
	private static final String PREFIX = "whd_";

	private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

	static DeliveryPage parse(HttpServletRequest request) {
		String limit = only(request, "limit");
		if (limit != null && !LIMIT.matcher(limit).matches()) {
			throw ApiException.invalid("limit must be an integer between 1 and 100");
		}
		String cursor = only(request, "cursor");
		return new DeliveryPage((limit != null) ? Integer.parseInt(limit) : DEFAULT_LIMIT,
				(cursor != null) ? delivery(cursor) : null);
	}

	private static String delivery(String cursor) {
		try {
			byte[] bytes = Base64.getUrlDecoder().decode(cursor);
			if (bytes.length == 1 + ID_BYTES) {
				String id = PREFIX + HexFormat.of().formatHex(bytes, 1, bytes.length);
				// There are other spellings of the same bytes, and other forms.
				if (cursorAfter(id).equals(cursor)) {
					return id;
				}
			}
		}
		catch (IllegalArgumentException _) {
			// No base64.
		}
		throw ApiException.invalid("cursor must be one that a Link header gave");
	}

	private static String cursorAfter(String id) {
		return ENCODER.encodeToString(ByteBuffer.allocate(1 + ID_BYTES)
			.put(FORM)
			.put(HexFormat.of().parseHex(id, PREFIX.length(), id.length()))
			.array());
	}

	/**
	 * The {@code Link} to what comes after this delivery.
	 * @param prefix before every path of the API
	 */
	String linkAfter(String prefix, String webhookId, String last) {
		return "<" + prefix + "/v2/webhooks/" + webhookId + "/deliveries?limit=" + this.limit + "&cursor="
				+ cursorAfter(last) + ">; rel=\"next\"";
	}

	private static @Nullable String only(HttpServletRequest request, String name) {
		String[] values = request.getParameterValues(name);
		if (values != null && values.length > 1) {
			throw ApiException.invalid(name + " must be given once");
		}
		return (values != null) ? values[0] : null;
	}

}
