package io.surveycoder.jobs.job.work;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.MeterRegistry;
import io.surveycoder.jobs.job.JobsQueued;

import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * The claims that wait on this instance, first come first served. Who is called tries
 * once more, and keeps its place until then; a call that was not used is handed on.
 */
@Component
class ClaimWaiters {

	private final Set<Waiter> waiting = new LinkedHashSet<>();

	// How many jobs of each type they could take; kept, and not counted anew for each
	// that comes.
	private final Map<String, Integer> wanted = new HashMap<>();

	ClaimWaiters(MeterRegistry meters) {
		meters.gauge("jobs.claims.waiting", this, ClaimWaiters::size);
	}

	/**
	 * Joins the line. Whoever is the first to wait for one of its types is called at
	 * once, since only a try can tell that there is nothing; behind others there is
	 * nothing that they would not have been called for.
	 */
	synchronized Waiter join(Claim claim) {
		Waiter waiter = new Waiter(claim);
		boolean first = !isWaitedForAll(claim);
		this.waiting.add(waiter);
		claim.types().forEach((type) -> this.wanted.merge(type, claim.limit(), Integer::sum));
		if (first) {
			waiter.call();
		}
		return waiter;
	}

	/**
	 * Whether somebody waits for each of these types.
	 */
	synchronized boolean isWaitedForAll(Claim claim) {
		return this.wanted.keySet().containsAll(claim.types());
	}

	/**
	 * Leaves the line. Call it once, come what may.
	 */
	synchronized void leave(Waiter waiter) {
		this.waiting.remove(waiter);
		for (String type : waiter.claim.types()) {
			this.wanted.computeIfPresent(type,
					(_, jobs) -> (jobs > waiter.claim.limit()) ? jobs - waiter.claim.limit() : null);
			if (waiter.called) {
				call(type, 1);
			}
		}
	}

	/**
	 * Calls as many as these jobs are enough for.
	 */
	synchronized void call(String type, int jobs) {
		int left = jobs;
		for (Waiter waiter : this.waiting) {
			if (left <= 0) {
				return;
			}
			if (!waiter.called && waiter.claim.types().contains(type)) {
				waiter.call();
				left -= waiter.claim.limit();
			}
		}
	}

	@EventListener
	void on(JobsQueued queued) {
		call(queued.type(), queued.count());
	}

	/**
	 * Calls everybody.
	 */
	synchronized void callAll() {
		this.waiting.forEach(Waiter::call);
	}

	/**
	 * How many jobs of each type are waited for; types that nobody waits for are not in
	 * it.
	 */
	synchronized Map<String, Integer> wanted() {
		return new HashMap<>(this.wanted);
	}

	synchronized int size() {
		return this.waiting.size();
	}

	/**
	 * Whether nobody has a call to answer or is about to try; for tests.
	 */
	synchronized boolean allWait() {
		return this.waiting.stream().allMatch((waiter) -> waiter.calls.hasQueuedThreads());
	}

	// A call that comes while the waiter tries is not lost: it will try once more.
	private synchronized void answer(Waiter waiter) {
		waiter.called = false;
		waiter.calls.drainPermits();
	}

	/**
	 * A claim in the line.
	 */
	final class Waiter {

		private final Claim claim;

		private final Semaphore calls = new Semaphore(0);

		private boolean called;

		private Waiter(Claim claim) {
			this.claim = claim;
		}

		private void call() {
			this.called = true;
			this.calls.release();
		}

		/**
		 * Waits to be called. A virtual thread holds nothing but its own stack meanwhile.
		 * @return false when nobody called in this time
		 */
		boolean await(Duration atMost) throws InterruptedException {
			if (!this.calls.tryAcquire(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
				return false;
			}
			answer(this);
			return true;
		}

	}

}
