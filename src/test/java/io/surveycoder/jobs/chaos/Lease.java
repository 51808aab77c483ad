package io.surveycoder.jobs.chaos;

import java.time.Instant;
import java.util.Comparator;
import java.util.concurrent.CompletableFuture;

import tools.jackson.databind.JsonNode;

/**
 * A lease as its worker was given it.
 *
 * @param total of the job's progress
 * @param maxAttempts as the payload says it
 * @param expiresAt as the claim answered it, before any renewal
 * @param seen when the answer was there
 * @param superseded when the answer to a later claim of the job was there
 */
record Lease(String job, String token, int attempt, int total, int maxAttempts, Instant expiresAt, String worker,
		Moment seen, CompletableFuture<Moment> superseded) {

	/**
	 * The order in which a job's leases were given. Attempts never go down; an attempt
	 * comes again only after a release, which is sent once the claim was seen. The order
	 * of what was seen alone would not do: an answer can lie unread past its lease.
	 */
	static final Comparator<Lease> IN_TURN = Comparator.comparingInt(Lease::attempt)
		.thenComparing((lease) -> lease.seen.order());

	static Lease of(JsonNode claimed, String worker, Moment seen) {
		return new Lease(claimed.get("id").stringValue(), claimed.get("lease_token").stringValue(),
				claimed.get("attempt").intValue(), claimed.get("total").intValue(),
				claimed.at("/payload/max_attempts").intValue(),
				Instant.parse(claimed.get("lease_expires_at").stringValue()), worker, seen, new CompletableFuture<>());
	}

	boolean isLastAttempt() {
		return this.attempt >= this.maxAttempts;
	}

	/**
	 * Whether what is sent at this moment comes too late: another worker has the job, or
	 * had it.
	 */
	boolean isStaleAt(Moment sent) {
		return this.superseded.isDone() && sent.isAfter(this.superseded.join());
	}

	// The end of a token is its own, its start the organization's.
	@Override
	public String toString() {
		return "…" + this.token.substring(this.token.length() - 8);
	}

}
