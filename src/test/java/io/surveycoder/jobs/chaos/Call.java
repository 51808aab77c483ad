package io.surveycoder.jobs.chaos;

import org.jspecify.annotations.Nullable;

/**
 * A line of the log: one call about one job, written when it was over.
 *
 * @param lease under which it was made or which it brought; null: none
 * @param said what the client said, an outcome by a name that no other lease's has
 * @param status the answer's, of an entry in a batch that of the same call for one job;
 * {@link Reply#LOST} or {@link Reply#UNSENT} where none came
 * @param answered what of the answer matters
 */
record Call(Moment sent, Moment received, String client, Verb verb, @Nullable Lease lease, String said, int status,
		String answered) {

	Call(Reply reply, String client, Verb verb, @Nullable Lease lease, String said, String answered) {
		this(reply.sent(), reply.received(), client, verb, lease, said, reply.status(), answered);
	}

	boolean isAccepted() {
		return this.status == 200;
	}

	boolean isRefused() {
		return this.status == 409;
	}

	/**
	 * Whether it is unknown if the service did what was asked.
	 */
	boolean isOpen() {
		return this.status == Reply.LOST || this.status >= 500;
	}

	/**
	 * Whether the service may have done what was asked.
	 */
	boolean mayHaveHappened() {
		return isAccepted() || isOpen();
	}

	/**
	 * Whether the job was told to be finished by it.
	 */
	boolean isAcceptedForGood() {
		return this.verb.finishes() && isAccepted() && !this.answered.equals("queued");
	}

	/**
	 * Whether it repeats a completion when all is over.
	 */
	boolean isAudit() {
		return this.client.equals(ChaosAuditor.NAME) && this.verb.completes();
	}

	boolean isStale() {
		return this.lease != null && this.verb != Verb.CLAIM && this.lease.isStaleAt(this.sent);
	}

	@Override
	public String toString() {
		return "%s %-11s %-17s %s %s -> %s %s %s".formatted(this.sent, this.client, this.verb,
				(this.lease != null) ? this.lease : "", this.said, this.received, switch (this.status) {
					case Reply.LOST -> "no answer";
					case Reply.UNSENT -> "no connection";
					default -> "" + this.status;
				}, this.answered);
	}

}
