package io.surveycoder.jobs.chaos;

import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

import tools.jackson.databind.JsonNode;

/**
 * What all clients did and were answered, in one order. Nothing in it is the service's
 * own account of what happened.
 */
final class ClientLog {

	private static final int MOST_UNEXPECTED = 50;

	private final AtomicLong order = new AtomicLong();

	private final Map<String, JobHistory> jobs = new ConcurrentHashMap<>();

	private final Map<String, SubmissionHistory> submissions = new ConcurrentHashMap<>();

	private final Queue<LostClaim> lostClaims = new ConcurrentLinkedQueue<>();

	private final Queue<String> unexpected = new ConcurrentLinkedQueue<>();

	private final Map<Happening, LongAdder> happenings = new EnumMap<>(Happening.class);

	// Jobs of which some client was told that they are completed or failed.
	private final Set<String> finished = ConcurrentHashMap.newKeySet();

	private final CompletableFuture<Void> calm = new CompletableFuture<>();

	private final CompletableFuture<Void> over = new CompletableFuture<>();

	ClientLog() {
		for (Happening happening : Happening.values()) {
			this.happenings.put(happening, new LongAdder());
		}
	}

	Moment now() {
		return new Moment(this.order.incrementAndGet(), Instant.now());
	}

	void submitted(String client, PlannedSubmission submission, Reply reply) {
		SubmissionHistory history = this.submissions.computeIfAbsent(submission.key,
				(_) -> new SubmissionHistory(submission));
		if (reply.replayed() && !history.isAcknowledged()) {
			count(Happening.SUBMIT_REPLAYED_AFTER_A_LOST_ANSWER);
		}
		history.add(client, reply).forEach(this::job);
		if (reply.status() == Reply.LOST) {
			count(Happening.SUBMIT_ANSWER_LOST);
		}
	}

	/**
	 * Notes a claim and what it brought.
	 */
	List<Lease> claimed(String client, ClaimAsked asked, Reply reply) {
		if (reply.status() == Reply.LOST || reply.status() >= 500) {
			this.lostClaims.add(new LostClaim(asked, reply.sent()));
			count(Happening.CLAIM_ANSWER_LOST);
		}
		if (reply.status() != 200) {
			return List.of();
		}
		return reply.data().valueStream().map((claimed) -> leased(client, claimed, reply)).toList();
	}

	private Lease leased(String client, JsonNode claimed, Reply reply) {
		Lease lease = Lease.of(claimed, client, reply.received());
		JobHistory job = job(lease.job());
		job.names.add(claimed.at("/payload/name").stringValue());
		job.add(new Call(reply, client, Verb.CLAIM, lease, "",
				"attempt %d of %d, until %s".formatted(lease.attempt(), lease.maxAttempts(), lease.expiresAt())));
		job.add(lease);
		return lease;
	}

	/**
	 * Notes what a worker did under a lease.
	 */
	void worked(Call call) {
		job(call.lease().job()).add(call);
		boolean finishes = call.isAcceptedForGood() && this.finished.add(call.lease().job());
		if (call.status() == Reply.LOST) {
			count(Happening.WORK_ANSWER_LOST);
		}
		else if (call.isRefused() && call.isStale()) {
			count((call.verb() == Verb.COMPLETE_IN_BATCH) ? Happening.STALE_BATCH_ENTRY_REFUSED
					: Happening.STALE_CALL_REFUSED);
		}
		else if (finishes) {
			count(switch (call.verb()) {
				case COMPLETE -> Happening.JOB_COMPLETED_ALONE;
				case COMPLETE_IN_BATCH -> Happening.JOB_COMPLETED_IN_A_BATCH;
				default -> Happening.JOB_FAILED;
			});
		}
		else if (call.isAccepted()) {
			switch (call.verb()) {
				case PROGRESS -> count(Happening.LEASE_RENEWED);
				case RELEASE -> count(Happening.JOB_RELEASED);
				case FAIL -> count(Happening.ATTEMPT_RETRIED);
				default -> {
				}
			}
		}
	}

	/**
	 * Notes how a client of the public API sees a job.
	 */
	void polled(String client, JobHistory job, Reply reply) {
		JsonNode seen = reply.data();
		job.polled(seen);
		job.add(new Call(reply, client, Verb.GET, null, "", seen.path("status").asString("") + " "
				+ seen.path("result").toString() + seen.path("error").toString()));
		if (job.isPolledFinal()) {
			this.finished.add(job.id);
		}
	}

	JobHistory job(String id) {
		return this.jobs.computeIfAbsent(id, JobHistory::new);
	}

	Collection<JobHistory> jobs() {
		return this.jobs.values();
	}

	Collection<SubmissionHistory> submissions() {
		return this.submissions.values();
	}

	Collection<LostClaim> lostClaims() {
		return this.lostClaims;
	}

	/**
	 * Notes an answer that no client should ever get.
	 */
	void unexpected(String what) {
		this.unexpected.add(what);
		if (this.unexpected.size() > MOST_UNEXPECTED) {
			throw new AssertionError("There are too many unexpected answers, the last: " + what);
		}
	}

	Collection<String> unexpected() {
		return this.unexpected;
	}

	void count(Happening happening) {
		this.happenings.get(happening).increment();
	}

	Map<Happening, LongAdder> happenings() {
		return this.happenings;
	}

	/**
	 * How many jobs are known to be completed or failed.
	 */
	int finished() {
		return this.finished.size();
	}

	boolean isFinished(String job) {
		return this.finished.contains(job);
	}

	/**
	 * Done once there is work to be finished only, and no chaos any more.
	 */
	CompletableFuture<Void> calm() {
		return this.calm;
	}

	/**
	 * Done once all is finished, or when it makes no sense to go on.
	 */
	CompletableFuture<Void> over() {
		return this.over;
	}

	/**
	 * What a claim asked for.
	 *
	 * @param types empty: all
	 */
	record ClaimAsked(int limit, int leaseSeconds, int waitSeconds, List<String> types) {
	}

	/**
	 * A claim whose answer nobody read: it may have leased jobs to nobody.
	 */
	record LostClaim(ClaimAsked asked, Moment sent) {
	}

}
