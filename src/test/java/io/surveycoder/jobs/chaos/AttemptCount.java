package io.surveycoder.jobs.chaos;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import io.surveycoder.jobs.chaos.ClientLog.LostClaim;
import org.jspecify.annotations.Nullable;

/**
 * Whether one job's attempts are as many as its claims. Some claims were seen by nobody:
 * their answers were lost. Each of them shows as an attempt that is missing, and as the
 * time that it took its lease to run out.
 */
final class AttemptCount {

	// A second less than a lease has at least, since it counts from the beginning of its
	// transaction, and the job may have become free a little after that.
	private static final Duration SHORTEST_LEASE = Duration.ofSeconds(4);

	private final JobHistory job;

	private final int maxAttempts;

	private final List<String> problems = new ArrayList<>();

	private int unseen;

	/**
	 * Counts.
	 * @param submitted when it was first tried to submit the job
	 * @param lost all claims whose answers were lost
	 */
	AttemptCount(JobHistory job, PlannedJob planned, Moment submitted, Collection<LostClaim> lost) {
		this.job = job;
		this.maxAttempts = planned.maxAttempts();
		Lease before = null;
		for (Lease lease : job.leasesInTurn()) {
			if (lease.attempt() > this.maxAttempts) {
				this.problems.add("was on attempt " + lease.attempt() + " of " + this.maxAttempts);
			}
			count(before, lease.attempt(), lease.seen(), submitted, lost);
			before = lease;
		}
		if (job.isExpiredForGood()) {
			checkMessage();
			// As if the next attempt had been seen, which there could not be.
			count(before, this.maxAttempts + 1, job.lines().getLast().received(), submitted, lost);
		}
	}

	private void count(@Nullable Lease before, int attempt, Moment seen, Moment submitted, Collection<LostClaim> lost) {
		int next = (before != null) ? before.attempt() + 1 : 1;
		List<Call> releases = (before == null) ? List.of()
				: this.job.givenBackBefore(before, seen).filter((call) -> call.verb() == Verb.RELEASE).toList();
		if (attempt < (releases.isEmpty() ? next : next - 1)) {
			this.problems.add("was on attempt %d twice and not released in between".formatted(attempt));
		}
		int missing = attempt - (releases.stream().anyMatch(Call::isAccepted) ? next - 1 : next);
		if (missing > 0) {
			this.unseen += missing;
			Instant from = (before != null) ? freed(before, seen) : submitted.at();
			long lostBefore = lost.stream().filter((claim) -> seen.isAfter(claim.sent())).count();
			if (missing > lostBefore || from.plus(SHORTEST_LEASE.multipliedBy(missing)).isAfter(seen.at())) {
				this.problems.add("skipped %d attempts before %d between %s and %s, when %d claims had been lost"
					.formatted(missing, attempt, from, seen.at(), lostBefore));
			}
		}
	}

	private Instant freed(Lease lease, Moment seen) {
		return this.job.givenBackBefore(lease, seen)
			.map((call) -> call.sent().at())
			.min(Instant::compareTo)
			.orElseGet(() -> this.job.knownEnd(lease));
	}

	private void checkMessage() {
		String expected = "attempt %d of %d".formatted(this.maxAttempts, this.maxAttempts);
		if (!this.job.polled().at("/error/message").stringValue().endsWith(expected)) {
			this.problems.add("expired for good, and not on " + expected);
		}
	}

	List<String> problems() {
		return this.problems;
	}

	/**
	 * How many claims nobody saw.
	 */
	int unseen() {
		return this.unseen;
	}

}
