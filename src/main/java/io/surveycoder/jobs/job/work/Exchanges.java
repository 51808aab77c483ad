package io.surveycoder.jobs.job.work;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Takes in what workers have done, many jobs at once, and hands out the next.
 */
@Service
class Exchanges {

	private final CompletionStatements completions;

	private final FailureStatements failures;

	private final Claims claims;

	private final Backoff backoff;

	private final TransactionTemplate transaction;

	Exchanges(CompletionStatements completions, FailureStatements failures, Claims claims, Backoff backoff,
			PlatformTransactionManager transactions) {
		this.completions = completions;
		this.failures = failures;
		this.claims = claims;
		this.backoff = backoff;
		this.transaction = new TransactionTemplate(transactions);
	}

	/**
	 * Does what {@link Leases#complete} does for each entry, in their order.
	 * @return what became of each, in the order given
	 */
	List<CompletionOutcome> complete(List<CompletionEntry> entries) {
		return Deadlocks.survive(() -> judgeCompletions(entries));
	}

	/**
	 * Completes, fails and then claims, in one transaction. Each entry stands or falls on
	 * its own, as {@link Leases#complete} and {@link Leases#fail} have it; completions
	 * come first.
	 * @param claim empty: nothing is claimed
	 */
	Exchanged exchange(List<CompletionEntry> completions, List<FailureEntry> failures, Optional<Claim> claim) {
		if (completions.isEmpty() && failures.isEmpty()) {
			return new Exchanged(List.of(), List.of(), claim.map(this.claims::claim).orElse(List.of()));
		}
		return Deadlocks.survive(() -> Objects
			.requireNonNull(this.transaction.execute((_) -> new Exchanged(judgeCompletions(completions),
					judgeFailures(failures), claim.map(this.claims::claimToo).orElse(List.of())))));
	}

	private List<CompletionOutcome> judgeCompletions(List<CompletionEntry> entries) {
		List<Verdict> verdicts = new Batch<>(entries.stream().map(CompletionEntry::parse).toList())
			.judge(this.completions);
		return IntStream.range(0, entries.size())
			.mapToObj((i) -> CompletionOutcome.of(entries.get(i).id(), verdicts.get(i)))
			.toList();
	}

	// Each rests for a time of its own, so that what failed together does not come back
	// together.
	private List<FailureOutcome> judgeFailures(List<FailureEntry> entries) {
		ThreadLocalRandom random = ThreadLocalRandom.current();
		List<Verdict> verdicts = new Batch<>(
				entries.stream().map((entry) -> entry.parse(this.backoff.spread(random.nextDouble()))).toList())
			.judge(this.failures);
		return IntStream.range(0, entries.size())
			.mapToObj((i) -> FailureOutcome.of(entries.get(i).id(), verdicts.get(i)))
			.toList();
	}

}
