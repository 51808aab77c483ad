package io.surveycoder.jobs.webhook;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

/**
 * What this instance is sending: how much of each webhook, and how much in all. A webhook
 * may have 64 attempts at a time. Past a thousand in all that holds only for those whose
 * last attempt succeeded, and others may have four: receivers that hang cannot take the
 * rest from those that answer.
 */
class InFlight {

	/**
	 * How many there may be in all. Each has a virtual thread, a connection and some 20
	 * KiB.
	 */
	static final int MOST = 2000;

	private static final int MOST_OF_ONE = 64;

	private static final int LEAST_OF_ONE = 4;

	private final Map<String, Integer> ofWebhook = new HashMap<>();

	// Those whose last attempt succeeded.
	private final Cache<String, Boolean> proven = Caffeine.newBuilder().maximumSize(20_000).build();

	private final Semaphore finished = new Semaphore(0);

	private final int most;

	private int total;

	/**
	 * With nothing under way.
	 * @param most there may be in all
	 */
	InFlight(int most) {
		this.most = most;
	}

	/**
	 * Whether any webhook may begin more.
	 * @param planned that are about to begin
	 */
	synchronized boolean isRoomBeside(int planned) {
		return this.total + planned < this.most;
	}

	/**
	 * How many more of this webhook may begin now.
	 * @param planned that are about to begin, of whatever webhooks
	 */
	synchronized int room(String webhookId, int planned) {
		int all = this.total + planned;
		int ofOne = (all < this.most / 2 || this.proven.getIfPresent(webhookId) != null) ? MOST_OF_ONE : LEAST_OF_ONE;
		return Math.clamp(ofOne - this.ofWebhook.getOrDefault(webhookId, 0), 0, Math.max(0, this.most - all));
	}

	synchronized void begin(String webhookId) {
		this.ofWebhook.merge(webhookId, 1, Integer::sum);
		this.total++;
	}

	/**
	 * One has ended.
	 */
	synchronized void end(String webhookId, Ending ending) {
		switch (ending) {
			case SUCCESS -> this.proven.put(webhookId, true);
			case FAILURE -> this.proven.invalidate(webhookId);
			case NO_ATTEMPT -> {
				// It says nothing of the receiver.
			}
		}
		this.ofWebhook.computeIfPresent(webhookId, (_, count) -> (count > 1) ? count - 1 : null);
		this.total--;
		this.finished.release();
	}

	synchronized int total() {
		return this.total;
	}

	/**
	 * Waits until one more has ended since the last call, but not longer than so many
	 * milliseconds.
	 */
	void awaitEnd(long millis) throws InterruptedException {
		if (this.finished.tryAcquire(millis, TimeUnit.MILLISECONDS)) {
			this.finished.drainPermits();
		}
	}

	/**
	 * How one ends: the receiver took it, or did not, or was not asked.
	 */
	enum Ending {

		SUCCESS, FAILURE, NO_ATTEMPT

	}

}
