package io.surveycoder.jobs.http;

import org.jspecify.annotations.Nullable;

/**
 * A request's body for a controller that must know its repeats.
 *
 * @param value the body, read and checked as without this
 * @param hash SHA-256 of the bytes that were sent, in hex; absent when the request has no
 * {@value #IDEMPOTENCY_KEY}
 */
public record SentBody<T>(T value, @Nullable String hash) {

	/**
	 * The header by which a client names its request (contract §2, submit).
	 */
	public static final String IDEMPOTENCY_KEY = "Idempotency-Key";

}
