package io.surveycoder.jobs.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.surveycoder.jobs.chaos.SubmissionHistory.Acknowledgement;
import tools.jackson.databind.JsonNode;

/**
 * What the clients' log proves against the service: for each rule the jobs that break it,
 * each with all of its lines. A good service has none.
 * <p>
 * All that is known of a call is that it was done after it was sent, if need be when
 * nobody waited for its answer any more, and before its answer was seen. No verdict rests
 * on more.
 */
final class Verdict {

	// Times are answered in whole milliseconds.
	private static final Duration ROUNDING = Duration.ofMillis(3);

	private final ClientLog log;

	private final Map<String, SubmissionHistory> submissions = new HashMap<>();

	private final Map<String, PlannedJob> planned = new HashMap<>();

	Verdict(ClientLog log) {
		this.log = log;
		for (SubmissionHistory submission : log.submissions()) {
			for (Acknowledgement acknowledged : submission.acknowledgements()) {
				for (int i = 0; i < acknowledged.ids().size(); i++) {
					this.submissions.put(acknowledged.ids().get(i), submission);
					this.planned.put(acknowledged.ids().get(i), submission.planned.jobs.get(i));
				}
			}
		}
	}

	/**
	 * Jobs that were acknowledged and came to no end.
	 */
	List<String> lostJobs() {
		return broken((job, problems) -> {
			if (this.planned.containsKey(job.id) && !job.isAuditedFinal()) {
				problems.add("was acknowledged and is " + seen(job));
			}
		});
	}

	/**
	 * Jobs with two outcomes, or with another than they should have.
	 */
	List<String> wrongOutcomes() {
		return broken((job, problems) -> {
			List<Call> accepted = job.lines().stream().filter(Call::isAcceptedForGood).toList();
			Set<String> outcomes = accepted.stream()
				.map((call) -> call.lease() + " " + call.said())
				.collect(Collectors.toCollection(LinkedHashSet::new));
			if (outcomes.size() > 1) {
				problems.add("has more than one accepted outcome: " + outcomes);
			}
			if (accepted.stream().anyMatch((call) -> call.lease() != job.leasesInTurn().getLast())) {
				problems.add("was finished under a lease that was not its last");
			}
			if (job.lines().stream().anyMatch((call) -> call.isAudit() && call.isRefused())) {
				problems.add("is not as the completion left it that was accepted");
			}
			Stream<Call> possible = outcomes.isEmpty() ? unanswered(job) : accepted.stream();
			boolean expired = outcomes.isEmpty() && job.isExpiredForGood();
			if (job.isPolledFinal() && !expired && possible.map(Verdict::seenAfter).noneMatch(seen(job)::equals)) {
				problems.add("is " + seen(job) + ", which is not what was accepted");
			}
		});
	}

	// Outcomes of which their senders never heard, neither when they sent them nor when
	// they repeated that.
	private static Stream<Call> unanswered(JobHistory job) {
		Set<String> answered = job.lines()
			.stream()
			.filter((call) -> call.isAccepted() || call.isRefused())
			.map(Call::said)
			.collect(Collectors.toSet());
		return job.lines()
			.stream()
			.filter((call) -> call.verb().finishes() && call.isOpen() && !answered.contains(call.said()));
	}

	private static String seen(JobHistory job) {
		JsonNode polled = job.polled();
		return (polled == null) ? "never polled"
				: job.status() + " " + polled.path("result").toString() + polled.at("/error/message").asString("");
	}

	private static String seenAfter(Call call) {
		boolean failed = call.verb() == Verb.FAIL || call.verb() == Verb.FAIL_FOR_GOOD;
		return failed ? "failed " + call.said() : "completed " + BatchCompletion.result(call.said());
	}

	/**
	 * Jobs that two workers held at once, or that were taken from the one who held them.
	 */
	List<String> brokenLeases() {
		return broken((job, problems) -> {
			Lease before = null;
			for (Lease lease : job.leasesInTurn()) {
				if (before != null && job.givenBackBefore(before, lease.seen()).findAny().isEmpty()
						&& lease.seen().at().plus(ROUNDING).isBefore(job.knownEnd(before))) {
					problems.add("was claimed as %s while lease %s held until %s".formatted(lease, before,
							job.knownEnd(before)));
				}
				before = lease;
			}
			for (Lease lease : job.leasesInTurn()) {
				job.callsUnder(lease)
					.filter((call) -> call.isRefused() && !isEndedByItsHolder(job, call)
							&& call.received().at().plus(ROUNDING).isBefore(job.knownEnd(lease)))
					.forEach((call) -> problems
						.add("was refused to lease %s, which held until %s".formatted(lease, job.knownEnd(lease))));
			}
		});
	}

	private static boolean isEndedByItsHolder(JobHistory job, Call refused) {
		return job.callsUnder(refused.lease())
			.anyMatch((call) -> refused.sent().isAfter(call.sent())
					&& ((call.verb().givesBack() && call.isOpen()) || (call.verb().ends() && call.isAccepted())));
	}

	/**
	 * Jobs whose attempts are not as many as their claims.
	 */
	List<String> wrongAttempts() {
		int[] unseen = new int[1];
		List<String> broken = broken((job, problems) -> {
			if (this.planned.containsKey(job.id)) {
				AttemptCount count = new AttemptCount(job, this.planned.get(job.id),
						this.submissions.get(job.id).lines().getFirst().sent(), this.log.lostClaims());
				problems.addAll(count.problems());
				unseen[0] += count.unseen();
			}
		});
		int explained = this.log.lostClaims().stream().mapToInt((claim) -> claim.asked().limit()).sum();
		if (unseen[0] > explained) {
			broken.add("%d claims were seen by nobody, lost answers explain %d".formatted(unseen[0], explained));
		}
		return broken;
	}

	/**
	 * Jobs that are not the only ones of their idempotency key and place.
	 * @param stored the ids of all jobs that there are
	 */
	List<String> repeatedSubmissions(Set<String> stored) {
		List<String> broken = broken((job, problems) -> {
			PlannedJob one = this.planned.get(job.id);
			if (one == null) {
				problems.add("was never acknowledged, but claimed");
			}
			else if (job.names.stream().anyMatch((name) -> !name.equals(one.name()))) {
				problems.add("was acknowledged as " + one.name() + ", but claimed as " + job.names);
			}
		});
		for (SubmissionHistory submission : this.log.submissions()) {
			List<Acknowledgement> all = submission.acknowledgements();
			if (all.stream().map(Acknowledgement::ids).distinct().count() > 1) {
				broken.add("Key %s was answered with different jobs: %s".formatted(submission.planned.key, all));
			}
			else if (all.stream().map((one) -> one.reply().body()).distinct().count() > 1) {
				broken.add("Key %s was answered with different bodies: %s".formatted(submission.planned.key, all));
			}
			else if (all.stream()
				.anyMatch((one) -> !one.reply().replayed()
						&& one.reply().sent().isAfter(all.getFirst().reply().received()))) {
				broken.add(
						"Key %s was repeated, and no replay: %s".formatted(submission.planned.key, submission.lines()));
			}
		}
		Set<String> unknown = new HashSet<>(stored);
		unknown.removeAll(this.planned.keySet());
		unknown.forEach((id) -> broken.add("Job " + id + " is there, but was never acknowledged"));
		return broken;
	}

	/**
	 * Jobs about which a worker was heard whose lease was over.
	 */
	List<String> acceptedStaleCalls() {
		return broken((job, problems) -> job.lines()
			.stream()
			.filter((call) -> call.isAccepted() && call.lease() != null && (call.isStale() || isPastItsEnd(job, call)))
			.forEach((call) -> problems.add("heard lease " + call.lease() + " when that was over: " + call)));
	}

	private static boolean isPastItsEnd(JobHistory job, Call late) {
		return job.callsUnder(late.lease())
			.anyMatch((call) -> call.verb().ends() && call.isAccepted() && late.sent().isAfter(call.received())
					&& !isRepeat(late, call));
	}

	private static boolean isRepeat(Call late, Call call) {
		return late.said().equals(call.said())
				&& (late.verb() == call.verb() || (late.verb().completes() && call.verb().completes()));
	}

	private List<String> broken(BiConsumer<JobHistory, List<String>> rule) {
		List<String> broken = new ArrayList<>();
		for (JobHistory job : this.log.jobs()) {
			List<String> problems = new ArrayList<>();
			rule.accept(job, problems);
			if (!problems.isEmpty()) {
				broken.add(report(job, problems));
			}
		}
		return broken;
	}

	private String report(JobHistory job, List<String> problems) {
		SubmissionHistory submission = this.submissions.get(job.id);
		Stream<Call> submits = (submission != null) ? submission.lines().stream() : Stream.empty();
		return Stream
			.concat(Stream.of("Job " + job.id + " " + job.names + " " + String.join("; ", problems)),
					Stream.concat(submits, job.lines().stream()).map((call) -> "    " + call))
			.collect(Collectors.joining("\n"));
	}

}
