package io.surveycoder.jobs.job.work;

import java.time.Duration;
import java.util.List;

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
	 * Leases jobs as soon as there are some.
	 * @param wait how long to wait for them at most; zero: not at all
	 * @param client asked before jobs are leased to it, since a worker that died while it
	 * waited would hold them until the lease ran out
	 * @return none when nothing came in that time
	 * @throws ApiException 503 when the service is about to stop
	 */
	List<ClaimedJob> claim(Claim claim, Duration wait, ClientPresence client) {
		if (!this.open) {
			throw new ApiException(ErrorCode.SERVICE_UNAVAILABLE, "This instance is about to stop; claim again")
				.with(HttpHeaders.RETRY_AFTER, "1")
				.with(HttpHeaders.CONNECTION, "close");
		}
		return wait.isZero() ? this.claims.claim(claim) : await(claim, wait, client);
	}

	private List<ClaimedJob> await(Claim claim, Duration wait, ClientPresence client) {
		long end = System.nanoTime() + wait.toNanos();
		Waiter waiter = this.waiters.join(claim);
		try {
			while (waiter.await(Duration.ofNanos(end - System.nanoTime()))) {
				if (!this.open) {
					return List.of();
				}
				if (client.isGone()) {
					waiter.types().forEach((type) -> this.waiters.call(type, 1));
					return List.of();
				}
				List<ClaimedJob> claimed = this.claims.claim(claim);
				if (!claimed.isEmpty()) {
					return claimed;
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
		return this.watch.isBlind() ? this.claims.claim(claim) : List.of();
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
