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
import java.util.stream.IntStream;

import io.surveycoder.jobs.http.ApiException;
import io.surveycoder.jobs.job.JobId;

/**
 * Calls about many jobs that came together, each judged on its own, as the call for one
 * job would be ({@link Leases}), in at most three statements. Where two hold the same
 * job, the first counts, and the other is its repeat or is refused.
 *
 * @param entries in the order in which they were sent
 */
record Batch<T extends LeasedCall>(List<Entry<T>> entries) {

	/**
	 * In which order statements about many jobs lock them.
	 */
	static final Comparator<LeasedCall> BY_JOB = Comparator
		.comparing((LeasedCall call) -> call.token().organizationId())
		.thenComparing((call) -> call.id().value());

	/**
	 * Makes the transition of all that hold their job.
	 * @return what became of each, in the order of the entries
	 */
	List<Verdict> judge(BatchStatements<T> statements) {
		Map<Integer, T> open = new HashMap<>();
		for (int i = 0; i < this.entries.size(); i++) {
			Optional<T> call = this.entries.get(i).call;
			if (call.isPresent()) {
				open.put(i, call.get());
			}
		}
		Map<Integer, String> accepted = accept(open, statements);
		open.keySet().removeAll(accepted.keySet());
		Map<Integer, Optional<String>> repeats = repeats(open, statements);
		Set<String> there = there(accepted.keySet(), repeats.keySet(), statements);
		List<Verdict> verdicts = new ArrayList<>();
		for (int i = 0; i < this.entries.size(); i++) {
			Optional<String> status = accepted.containsKey(i) ? Optional.of(accepted.get(i))
					: repeats.getOrDefault(i, Optional.empty());
			boolean known = repeats.containsKey(i) || there.contains(this.entries.get(i).id);
			verdicts.add(status.map(Verdict::accepted)
				.orElseGet(() -> Verdict.refused(known ? Leases.stale() : ApiException.notFound("Job"))));
		}
		return verdicts;
	}

	private static <T extends LeasedCall> Map<Integer, String> accept(Map<Integer, T> open,
			BatchStatements<T> statements) {
		Map<Held, Integer> first = new HashMap<>();
		open.forEach((place, call) -> first.merge(new Held(call.id(), call.token()), place, Math::min));
		if (first.isEmpty()) {
			return Map.of();
		}
		// Rows are locked in this order wherever the planner looks them up one by one.
		List<Integer> places = first.values().stream().sorted(Comparator.comparing(open::get, BY_JOB)).toList();
		return atTheirPlaces(places, statements.apply(places.stream().map(open::get).toList()));
	}

	private static <T extends LeasedCall> Map<Integer, Optional<String>> repeats(Map<Integer, T> open,
			BatchStatements<T> statements) {
		if (open.isEmpty()) {
			return Map.of();
		}
		List<Integer> places = List.copyOf(open.keySet());
		return atTheirPlaces(places, statements.repeats(places.stream().map(open::get).toList()));
	}

	private static <V> Map<Integer, V> atTheirPlaces(List<Integer> places, Map<Integer, V> found) {
		return found.entrySet()
			.stream()
			.collect(Collectors.toMap((one) -> places.get(one.getKey()), Map.Entry::getValue));
	}

	// A token of another organization than its job's, or none at all, tells nothing of
	// the job.
	private Set<String> there(Set<Integer> accepted, Set<Integer> known, BatchStatements<T> statements) {
		Set<String> asked = IntStream.range(0, this.entries.size())
			.filter((i) -> !accepted.contains(i) && !known.contains(i))
			.mapToObj((i) -> this.entries.get(i).id)
			.filter((id) -> JobId.parse(id).isPresent())
			.collect(Collectors.toCollection(HashSet::new));
		return asked.isEmpty() ? Set.of() : statements.existing(asked);
	}

	private record Held(JobId job, LeaseToken token) {
	}

	/**
	 * One call of many.
	 *
	 * @param id as it was sent
	 * @param call empty when there can be no such job or no such token
	 */
	record Entry<T extends LeasedCall>(String id, Optional<T> call) {
	}

}
