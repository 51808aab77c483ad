package io.surveycoder.jobs.chaos;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.surveycoder.jobs.chaos.ClientLog.ClaimAsked;

/**
 * A worker that does what workers do, well and badly, until it is killed: at any point,
 * in a call or between two, it drops what it holds and is never heard of again.
 */
final class ChaosWorker {

	private static final int KILLED_IN_A_LOST_CALL_PER_HUNDRED = 30;

	private static final int KILLED_BEFORE_WORK_PER_THOUSAND = 40;

	private static final int KILLED_BETWEEN_CALLS_PER_THOUSAND = 4;

	private static final int PAUSED_PER_HUNDRED = 5;

	private static final int LONGEST_CUT_MILLIS = 25;

	private static final int LONGEST_WAITING_CUT_MILLIS = 1000;

	private final String name;

	private final Random random;

	private final Caller caller;

	private final ClientLog log;

	private final Semaphore pauses;

	private final Deadline deadline;

	private int outcomes;

	private boolean idle;

	/**
	 * Makes a worker that holds nothing.
	 * @param pauses as many as may pause at once, so that others are left to take over
	 */
	ChaosWorker(String name, Random random, Caller caller, ClientLog log, Semaphore pauses, Deadline deadline) {
		this.name = name;
		this.random = random;
		this.caller = caller;
		this.log = log;
		this.pauses = pauses;
		this.deadline = deadline;
	}

	/**
	 * Works until all is finished.
	 * @throws Killed before that
	 */
	void work() throws Exception {
		while (!this.log.over().isDone()) {
			List<Lease> held = new ArrayList<>(claim(this.idle || chance(300)));
			this.idle = held.isEmpty();
			if (!this.idle) {
				if (chance(150)) {
					held.addAll(claim(false));
				}
				mayBeKilled(KILLED_BEFORE_WORK_PER_THOUSAND);
				report(held, pauses(held) ? 500 : (held.size() > 10) ? 20 : 200);
				finish(held);
			}
		}
	}

	private List<Lease> claim(boolean waits) throws Killed {
		boolean calm = this.log.calm().isDone();
		int limit = chance(350) ? 1 : chance(450) ? 2 + this.random.nextInt(9) : 11 + this.random.nextInt(90);
		int wait = waits ? 1 + this.random.nextInt(calm ? 1 : 5) : 0;
		List<String> types = chance(800) ? List.of()
				: chance(500) ? List.of("auto_coding") : List.of("one_call", "codebook_generation");
		ClaimAsked asked = new ClaimAsked(limit, calm ? 5 : 5 + this.random.nextInt(2), wait, types);
		String body = "{\"worker\":\"%s\",\"limit\":%d,\"lease_seconds\":%d,\"wait_seconds\":%d%s}".formatted(this.name,
				limit, asked.leaseSeconds(), wait, types.isEmpty() ? "" : ",\"types\":"
						+ types.stream().map((type) -> "\"" + type + "\"").collect(Collectors.joining(",", "[", "]")));
		List<Lease> claimed = new ArrayList<>();
		call("claim", body, (wait > 0) ? LONGEST_WAITING_CUT_MILLIS : LONGEST_CUT_MILLIS,
				(reply) -> claimed.addAll(this.log.claimed(this.name, asked, reply)));
		if (wait > 0 && !claimed.isEmpty()) {
			this.log.count(Happening.JOB_CLAIMED_BY_WAITING);
		}
		return claimed;
	}

	/**
	 * Holds its jobs, without a sign of life, until another worker has one of them; or
	 * until their leases end, and goes on while the service takes them back.
	 * @return whether it did
	 */
	private boolean pauses(List<Lease> held) throws Exception {
		List<CompletableFuture<?>> signs = held.stream()
			.filter((lease) -> !lease.isLastAttempt())
			.<CompletableFuture<?>>map(Lease::superseded)
			.collect(Collectors.toCollection(ArrayList::new));
		if (this.log.calm().isDone() || signs.isEmpty() || this.random.nextInt(100) >= PAUSED_PER_HUNDRED
				|| !this.pauses.tryAcquire()) {
			return false;
		}
		signs.add(this.log.over());
		boolean toTheEnd = chance(400);
		Duration longest = toTheEnd ? Duration.between(Instant.now(), held.getFirst().expiresAt())
				: this.deadline.left();
		try {
			CompletableFuture.anyOf(signs.toArray(CompletableFuture[]::new))
				.get(longest.toNanos(), TimeUnit.NANOSECONDS);
			this.log.count(Happening.WORKER_PAUSED_PAST_ITS_LEASE);
		}
		catch (TimeoutException ex) {
			if (!toTheEnd) {
				throw ex;
			}
			this.log.count(Happening.WORKER_PAUSED_TO_ITS_LEASES_END);
		}
		finally {
			this.pauses.release();
		}
		return true;
	}

	private void report(List<Lease> held, int share) throws Killed {
		for (Lease lease : held) {
			if (chance(share)) {
				mayBeKilled(KILLED_BETWEEN_CALLS_PER_THOUSAND);
				progress(lease);
			}
		}
	}

	private void progress(Lease lease) throws Killed {
		int processed = this.random.nextInt(lease.total() + 1);
		about(lease, Verb.PROGRESS, "processed " + processed, ",\"processed\":" + processed);
	}

	private void finish(List<Lease> held) throws Killed {
		List<Lease> done = new ArrayList<>();
		for (Lease lease : held) {
			if (chance(30)) {
				fail(lease, true);
			}
			else if (chance(10)) {
				fail(lease, false);
			}
			else if (chance(20)) {
				about(lease, Verb.RELEASE, "", "");
				// With a token that it has just given back.
				if (chance(200)) {
					progress(lease);
				}
			}
			else if (held.size() == 1 || chance(10)) {
				String outcome = outcome();
				about(lease, Verb.COMPLETE, outcome, ",\"result\":" + BatchCompletion.result(outcome));
			}
			else {
				done.add(lease);
			}
		}
		if (!done.isEmpty()) {
			mayBeKilled(KILLED_BETWEEN_CALLS_PER_THOUSAND);
			completeInBatch(done);
		}
	}

	private void fail(Lease lease, boolean retry) throws Killed {
		String outcome = outcome();
		about(lease, retry ? Verb.FAIL : Verb.FAIL_FOR_GOOD, outcome,
				",\"error\":{\"code\":\"CHAOS\",\"message\":\"" + outcome + "\"},\"retry\":" + retry);
	}

	private void about(Lease lease, Verb verb, String said, String members) throws Killed {
		mayBeKilled(KILLED_BETWEEN_CALLS_PER_THOUSAND);
		call(lease.job() + "/" + verb.path, "{\"lease_token\":\"" + lease.token() + "\"" + members + "}",
				LONGEST_CUT_MILLIS, (reply) -> this.log.worked(new Call(reply, this.name, verb, lease, said,
						(reply.status() == 200) ? told(reply, verb) : reply.errorCode())));
	}

	private static String told(Reply reply, Verb verb) {
		return reply.data().get((verb == Verb.PROGRESS) ? "lease_expires_at" : "status").stringValue();
	}

	private void completeInBatch(List<Lease> leases) throws Killed {
		BatchCompletion batch = new BatchCompletion(this.name, leases,
				Stream.generate(this::outcome).limit(leases.size()).toList());
		call("complete", batch.body(), LONGEST_CUT_MILLIS, (reply) -> batch.note(reply, this.log));
	}

	private void call(String path, String body, int longest, Consumer<Reply> note) throws Killed {
		Reply reply;
		do {
			reply = this.caller.post("/internal/v1/jobs/" + path, body, longest);
			note.accept(reply);
			if (reply.status() == Reply.LOST && !this.log.calm().isDone()
					&& this.random.nextInt(100) < KILLED_IN_A_LOST_CALL_PER_HUNDRED) {
				this.log.count(Happening.WORKER_KILLED_IN_A_CALL);
				throw new Killed();
			}
		}
		while (!reply.isDefinite() && !path.equals("claim"));
		if (reply.isDefinite() && reply.status() != 200 && reply.status() != 409) {
			this.log.unexpected(this.name + ": " + path + " " + body + " was answered " + reply);
		}
	}

	private void mayBeKilled(int perThousand) throws Killed {
		if (!this.log.calm().isDone() && chance(perThousand)) {
			throw new Killed();
		}
	}

	private String outcome() {
		return this.name + "-" + ++this.outcomes;
	}

	private boolean chance(int perThousand) {
		return this.random.nextInt(1000) < perThousand;
	}

	/**
	 * The end of a worker, in the middle of something.
	 */
	static final class Killed extends Exception {

		private Killed() {
			super(null, null, false, false);
		}

	}

}
