package io.surveycoder.jobs.chaos;

import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A back end that submits until each of its submissions was acknowledged, and some of
 * them once more.
 */
final class ChaosSubmitter {

	private static final int REPEATED_PER_HUNDRED = 12;

	private static final int LONGEST_CUT_MILLIS = 40;

	private final String name;

	private final Random random;

	private final Caller caller;

	private final ClientLog log;

	ChaosSubmitter(String name, Random random, Caller caller, ClientLog log) {
		this.name = name;
		this.random = random;
		this.caller = caller;
		this.log = log;
	}

	/**
	 * Submits what is ready until nothing will be any more.
	 * @param ready what can be submitted, or submitted again
	 * @param unfinished submissions that are not acknowledged as often as they are to be
	 */
	void submit(BlockingQueue<PlannedSubmission> ready, AtomicInteger unfinished) throws InterruptedException {
		while (unfinished.get() > 0 && !this.log.over().isDone()) {
			PlannedSubmission submission = ready.poll(100, TimeUnit.MILLISECONDS);
			if (submission == null) {
				continue;
			}
			Reply reply = this.caller.post("/internal/v1/jobs" + (submission.isBatch() ? "/batch" : ""),
					submission.body(), LONGEST_CUT_MILLIS, "Idempotency-Key: " + submission.key);
			this.log.submitted(this.name, submission, reply);
			if (reply.status() == 201) {
				if (this.random.nextInt(100) < REPEATED_PER_HUNDRED) {
					this.log.count(Happening.SUBMIT_REPEATED_ON_PURPOSE);
					ready.add(submission);
				}
				else {
					unfinished.decrementAndGet();
				}
			}
			else {
				if (reply.isDefinite() && reply.status() != 409) {
					this.log.unexpected("Submission " + submission.key + " was answered " + reply);
				}
				// Behind the others: who has it now may still be at work on it.
				ready.add(submission);
			}
		}
	}

}
