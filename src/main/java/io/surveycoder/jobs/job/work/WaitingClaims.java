package io.surveycoder.jobs.job.work;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import io.surveycoder.jobs.http.ApiException;
import io.surveycoder.jobs.http.ClientPresence;
import io.surveycoder.jobs.http.ErrorCode;
import io.surveycoder.jobs.job.work.ClaimWaiters.Waiter;

import org.springframework.context.SmartLifecycle;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Service;

/**
 * Claims that wait until there is a job (contract §2, {@code wait_seconds}). They wait in
 * memory: no connection, no transaction, no platform thread. From the moment the service
 * is told to stop, it gives out no job any more and lets nobody wait.
 */
@Service
class WaitingClaims implements SmartLifecycle {

	// A batch may call a thousand waiters at once: together they would keep everybody
	// else from the database, and most of themselves.
	private static final int TRIES_AT_ONCE = 16;

	private final Semaphore tries = new Semaphore(TRIES_AT_ONCE, true);

	private final Claims claims;

	private final ClaimWaiters waiters;

	private final QueueWatch watch;

	private volatile boolean open;

	WaitingClaims(Claims claims, ClaimWaiters waiters, QueueWatch watch) {
		this.claims = claims;
		this.waiters = waiters;
		this.watch = watch;
	}

	/**
	 * Leases what is there.
	 * @param wait how long the claim would wait for it. One that would, and would have to
	 * stand behind others, does not even look: what there is, is theirs
	 * @throws ApiException 503 when the service is about to stop
	 */
	List<ClaimedJob> claimAtOnce(Claim claim, Duration wait) {
		if (!this.open) {
			throw new ApiException(ErrorCode.SERVICE_UNAVAILABLE, "This instance is about to stop; claim again")
				.with(HttpHeaders.RETRY_AFTER, "1")
				.with(HttpHeaders.CONNECTION, "close");
		}
		return (wait.isZero() || !this.waiters.isWaitedForAll(claim)) ? this.claims.claim(claim) : List.of();
	}

	/**
	 * Leases jobs as soon as there are some.
	 * @param wait how long to wait for them at most
	 * @param client asked before jobs are leased to it, since a worker that died while it
	 * waited would hold them until the lease ran out
	 * @return none when nothing came in that time
	 */
	List<ClaimedJob> await(Claim claim, Duration wait, ClientPresence client) {
		long end = System.nanoTime() + wait.toNanos();
		Waiter waiter = this.waiters.join(claim);
		try {
			while (this.open && waiter.await(Duration.ofNanos(end - System.nanoTime()))) {
				List<ClaimedJob> claimed = attempt(claim, client, end);
				if (!claimed.isEmpty()) {
					return claimed;
				}
				if (client.isGone()) {
					claim.types().forEach((type) -> this.waiters.call(type, 1));
					return List.of();
				}
			}
		}
		catch (InterruptedException _) {
			Thread.currentThread().interrupt();
			return List.of();
		}
		finally {
			this.waiters.leave(waiter);
		}
		// Who was not called because nobody could look must hear that the database is
		// away, not that there is nothing.
		return (this.open && this.watch.isBlind()) ? lastAttempt(claim) : List.of();
	}

	private List<ClaimedJob> lastAttempt(Claim claim) {
		if (!this.tries.tryAcquire()) {
			throw new ApiException(ErrorCode.SERVICE_UNAVAILABLE, "The database is not available; try again")
				.with(HttpHeaders.RETRY_AFTER, "1");
		}
		try {
			return this.claims.claim(claim);
		}
		finally {
			this.tries.release();
		}
	}

	private List<ClaimedJob> attempt(Claim claim, ClientPresence client, long end) throws InterruptedException {
		if (!this.tries.tryAcquire(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
			return List.of();
		}
		try {
			return (this.open && !client.isGone()) ? this.claims.claim(claim) : List.of();
		}
		finally {
			this.tries.release();
		}
	}

	@Override
	public void start() {
		this.open = true;
	}

	// Before the web server, which waits for the requests that are being answered.
	@Override
	public void stop() {
		this.open = false;
		this.waiters.callAll();
	}

	@Override
	public boolean isRunning() {
		return this.open;
	}

}
