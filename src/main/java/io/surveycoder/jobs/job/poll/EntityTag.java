package io.surveycoder.jobs.job.poll;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Collections;
import java.util.List;

import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.ETag;
import org.springframework.http.HttpHeaders;

/**
 * Strong entity tags (RFC 9110, 8.8.3), as they stand in {@code ETag}: with their quotes,
 * and the same on every instance (docs/adr/0021).
 */
final class EntityTag {

	private static final int DIGEST_BYTES = 16;

	private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

	private EntityTag() {
	}

	/**
	 * The tag of a job as it is in this version.
	 * @param version its {@code updated_at} in milliseconds since 1970
	 */
	static String ofVersion(long version) {
		return '"' + Long.toString(version, Character.MAX_RADIX) + '"';
	}

	/**
	 * The tag of an answer of these bytes.
	 */
	static String ofBody(byte[] body) {
		try {
			byte[] digest = MessageDigest.getInstance("SHA-256").digest(body);
			return '"' + BASE64.encodeToString(java.util.Arrays.copyOf(digest, DIGEST_BYTES)) + '"';
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Whether the client said that it has this representation ({@code If-None-Match}),
	 * which is one that exists.
	 */
	static boolean isWithClient(HttpServletRequest request, String tag) {
		return isAmong(Collections.list(request.getHeaders(HttpHeaders.IF_NONE_MATCH)), tag);
	}

	/**
	 * What the client said that it has, to be asked about after the request; without what
	 * cannot be understood.
	 */
	static List<String> withClient(HttpServletRequest request) {
		return Collections.list(request.getHeaders(HttpHeaders.IF_NONE_MATCH))
			.stream()
			.filter((value) -> value.equals("*") || !ETag.parse(value).isEmpty())
			.toList();
	}

	/**
	 * Whether this is one of them.
	 */
	static boolean isAmong(List<String> sent, String tag) {
		return !sent.isEmpty() && sent.stream().anyMatch((value) -> names(value, tag));
	}

	// Compared weakly, as If-None-Match is: what a proxy made weak is still the same.
	private static boolean names(String value, String tag) {
		if (value.equals(tag) || value.equals("*")) {
			return true;
		}
		String opaque = tag.substring(1, tag.length() - 1);
		return ETag.parse(value).stream().anyMatch((one) -> one.tag().equals(opaque));
	}

}
