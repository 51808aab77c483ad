package io.surveycoder.jobs.chaos;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * All that clients wrote down about one job.
 */
final class JobHistory {

	final String id;

	/**
	 * As whoever claimed it read it in the payload.
	 */
	final Set<String> names = ConcurrentHashMap.newKeySet();

	private final Queue<Call> calls = new ConcurrentLinkedQueue<>();

	private final Queue<Lease> leases = new ConcurrentLinkedQueue<>();

	private volatile @Nullable JsonNode polled;

	JobHistory(String id) {
		this.id = id;
	}

	void add(Call call) {
		this.calls.add(call);
	}

	synchronized void add(Lease lease) {
		for (Lease other : this.leases) {
			boolean later = Lease.IN_TURN.compare(other, lease) < 0;
			(later ? other : lease).superseded().complete((later ? lease : other).seen());
		}
		this.leases.add(lease);
	}

	void polled(JsonNode job) {
		this.polled = job;
	}

	/**
	 * The job as a client saw it last; null when none looked.
	 */
	@Nullable JsonNode polled() {
		return this.polled;
	}

	/**
	 * As the clients' API says it; empty when none looked.
	 */
	String status() {
		JsonNode job = this.polled;
		return (job != null) ? job.get("status").stringValue() : "";
	}

	boolean isPolledFinal() {
		return status().equals("completed") || status().equals("failed");
	}

	boolean isExpiredForGood() {
		JsonNode job = this.polled;
		return job != null && job.at("/error/code").asString("").equals("LEASE_EXPIRED");
	}

	/**
	 * The completion of which a worker was told that it was accepted; empty when the job
	 * ended otherwise, or nobody knows.
	 */
	Optional<Call> completion() {
		return this.calls.stream()
			.filter((call) -> call.isAccepted() && call.answered().equals("completed") && call.verb().completes())
			.findFirst();
	}

	/**
	 * Whether the job was found finished when all was over.
	 */
	boolean isAuditedFinal() {
		return isPolledFinal() || this.calls.stream().anyMatch((call) -> call.isAudit() && call.isAccepted());
	}

	List<Lease> leasesInTurn() {
		return this.leases.stream().sorted(Lease.IN_TURN).toList();
	}

	List<Call> lines() {
		return this.calls.stream().sorted(Comparator.comparing((call) -> call.sent().order())).toList();
	}

	/**
	 * What a lease's holder did with it, without the claim.
	 */
	Stream<Call> callsUnder(Lease lease) {
		return this.calls.stream().filter((call) -> call.lease() == lease && call.verb() != Verb.CLAIM);
	}

	/**
	 * The latest end of a lease that its holder was told.
	 */
	Instant knownEnd(Lease lease) {
		return callsUnder(lease).filter((call) -> call.verb() == Verb.PROGRESS && call.isAccepted())
			.map((call) -> Instant.parse(call.answered()))
			.reduce(lease.expiresAt(), (one, other) -> one.isAfter(other) ? one : other);
	}

	/**
	 * What may have given a job back by the will of its holder, before this moment.
	 */
	Stream<Call> givenBackBefore(Lease lease, Moment moment) {
		return callsUnder(lease)
			.filter((call) -> call.verb().givesBack() && call.mayHaveHappened() && moment.isAfter(call.sent()));
	}

}
