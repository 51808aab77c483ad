package io.surveycoder.jobs.job.work;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.surveycoder.jobs.http.ApiException;
import io.surveycoder.jobs.http.RawJson;
import io.surveycoder.jobs.job.JobId;

import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.stereotype.Service;

/**
 * Finishes many jobs at once, each on its own, in at most three statements.
 */
@Service
class BatchCompletions {

	private static final Comparator<Completion> BY_JOB = Comparator
		.comparing((Completion completion) -> completion.token().organizationId())
		.thenComparing((completion) -> completion.id().value());

	private static final int MOST_TRIES = 3;

	private final CompletionStatements statements;

	BatchCompletions(CompletionStatements statements) {
		this.statements = statements;
	}

	/**
	 * Does what {@link Leases#complete} does for each entry, in their order: where two
	 * hold the same job, the first counts, and the other is its repeat or is refused.
	 * @return what became of each, in the order given
	 */
	List<CompletionOutcome> complete(List<Entry> entries) {
		Map<Integer, Completion> open = new HashMap<>();
		for (int i = 0; i < entries.size(); i++) {
			Optional<Completion> completion = entries.get(i).completion();
			if (completion.isPresent()) {
				open.put(i, completion.get());
			}
		}
		Set<Integer> accepted = accept(open);
		open.keySet().removeAll(accepted);
		Map<Integer, Boolean> repeats = repeats(open);
		Set<String> there = there(entries, accepted, repeats.keySet());
		List<CompletionOutcome> outcomes = new ArrayList<>();
		for (int i = 0; i < entries.size(); i++) {
			String id = entries.get(i).id;
			if (accepted.contains(i) || repeats.getOrDefault(i, false)) {
				outcomes.add(CompletionOutcome.accepted(id));
			}
			else {
				outcomes.add(CompletionOutcome.refused(id, (repeats.containsKey(i) || there.contains(id))
						? Leases.stale() : ApiException.notFound("Job")));
			}
		}
		return outcomes;
	}

	private Set<Integer> accept(Map<Integer, Completion> open) {
		Map<Held, Integer> first = new HashMap<>();
		open.forEach(
				(place, completion) -> first.merge(new Held(completion.id(), completion.token()), place, Math::min));
		if (first.isEmpty()) {
			return Set.of();
		}
		List<Integer> places = first.values().stream().sorted(Comparator.comparing(open::get, BY_JOB)).toList();
		return completeHeld(places.stream().map(open::get).toList()).stream()
			.map(places::get)
			.collect(Collectors.toSet());
	}

	// Rows are locked in the order given wherever the planner looks them up one by one.
	// In a small table it may not, and then the same batch sent twice can deadlock:
	// PostgreSQL ends one of the two, which has changed nothing.
	private List<Integer> completeHeld(List<Completion> completions) {
		for (int tries = 1;; tries++) {
			try {
				return this.statements.complete(completions);
			}
			catch (PessimisticLockingFailureException ex) {
				if (tries == MOST_TRIES) {
					throw ex;
				}
			}
		}
	}

	private Map<Integer, Boolean> repeats(Map<Integer, Completion> open) {
		if (open.isEmpty()) {
			return Map.of();
		}
		List<Integer> places = List.copyOf(open.keySet());
		Map<Integer, Boolean> repeats = new HashMap<>();
		this.statements.repeats(places.stream().map(open::get).toList())
			.forEach((place, repeated) -> repeats.put(places.get(place), repeated));
		return repeats;
	}

	// A token of another organization than its job's, or none at all, tells nothing of
	// the job.
	private Set<String> there(List<Entry> entries, Set<Integer> accepted, Set<Integer> known) {
		Set<String> asked = Stream.iterate(0, (i) -> i < entries.size(), (i) -> i + 1)
			.filter((i) -> !accepted.contains(i) && !known.contains(i))
			.map((i) -> entries.get(i).id)
			.filter((id) -> JobId.parse(id).isPresent())
			.collect(Collectors.toCollection(HashSet::new));
		return asked.isEmpty() ? Set.of() : this.statements.existing(asked);
	}

	private record Held(JobId job, LeaseToken token) {
	}

	/**
	 * A completion as it was sent.
	 */
	record Entry(String id, String leaseToken, RawJson result) {

		/**
		 * Empty when there can be no such job or no such token.
		 */
		Optional<Completion> completion() {
			return JobId.parse(this.id)
				.flatMap((job) -> LeaseToken.parse(this.leaseToken)
					.map((token) -> new Completion(job, token, this.result)));
		}

	}

}
