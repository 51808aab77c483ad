package io.surveycoder.jobs.job.submit;

import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

import io.surveycoder.jobs.access.Caller;
import io.surveycoder.jobs.http.ApiException;
import io.surveycoder.jobs.http.SentBody;
import jakarta.servlet.http.HttpServletRequest;

/**
 * The name that a client gave to a request, so that its repeats are known (contract §2,
 * submit).
 *
 * @param apiKeyId whose name it is
 * @param key 1 to 255 printable ASCII characters
 * @param bodyHash SHA-256 in hex of what was sent under it
 */
record IdempotencyKey(String apiKeyId, String key, String bodyHash) {

	private static final int LONGEST = 255;

	/**
	 * The key of this request; empty when it has none.
	 * @throws ApiException 422 when it cannot be one
	 */
	static Optional<IdempotencyKey> of(HttpServletRequest request, Caller caller, SentBody<?> body) {
		List<String> sent = Collections.list(request.getHeaders(SentBody.IDEMPOTENCY_KEY));
		if (sent.isEmpty()) {
			return Optional.empty();
		}
		if (sent.size() > 1) {
			throw ApiException.invalid("Idempotency-Key must be sent once");
		}
		String key = sent.getFirst();
		if (key.isEmpty() || key.length() > LONGEST || key.chars().anyMatch((c) -> c < ' ' || c > '~')) {
			throw ApiException.invalid("Idempotency-Key must be 1 to 255 printable ASCII characters");
		}
		return Optional.of(new IdempotencyKey(caller.keyId(), key, Objects.requireNonNull(body.hash())));
	}

	byte[] bodyHashBytes() {
		return HexFormat.of().parseHex(this.bodyHash);
	}

}
