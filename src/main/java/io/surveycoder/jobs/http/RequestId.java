package io.surveycoder.jobs.http;

import java.util.Enumeration;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * The {@code X-Request-Id} of one request: the caller's when it sent exactly one and it
 * is a UUID, else a fresh one (contract §1).
 *
 * @param value a UUID, spelled as the caller spelled it
 * @param fromCaller whether error bodies repeat it
 */
record RequestId(String value, boolean fromCaller) {

	static final String HEADER = "X-Request-Id";

	private static final String ATTRIBUTE = RequestId.class.getName();

	private static final long VERSION_MASK = 0xf000L;

	private static final long VERSION_4 = 0x4000L;

	private static final long VARIANT = 0x8000_0000_0000_0000L;

	private static final Pattern UUID_FORM = Pattern
		.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");

	static RequestId of(HttpServletRequest request) {
		if (request.getAttribute(ATTRIBUTE) instanceof RequestId known) {
			return known;
		}
		String sent = onlyValue(request.getHeaders(HEADER));
		RequestId id = (sent != null && UUID_FORM.matcher(sent).matches()) ? new RequestId(sent, true)
				: new RequestId(fresh().toString(), false);
		request.setAttribute(ATTRIBUTE, id);
		return id;
	}

	// It only has to be different from others, which costs less than to be unguessable.
	private static UUID fresh() {
		ThreadLocalRandom random = ThreadLocalRandom.current();
		return new UUID((random.nextLong() & ~VERSION_MASK) | VERSION_4, (random.nextLong() >>> 2) | VARIANT);
	}

	private static @Nullable String onlyValue(@Nullable Enumeration<String> values) {
		if (values == null || !values.hasMoreElements()) {
			return null;
		}
		String first = values.nextElement();
		return values.hasMoreElements() ? null : first;
	}

}
