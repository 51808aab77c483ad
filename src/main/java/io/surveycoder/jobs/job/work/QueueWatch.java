package io.surveycoder.jobs.job.work;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.surveycoder.jobs.job.JobsQueuedElsewhere;
import io.surveycoder.jobs.job.work.ClaimStatements.Claimable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Looks at the queue for the claims that wait on this instance, one statement for all of
 * them: a job that another instance queued, or whose time has come, is found within 200
 * ms, or sooner where that instance is heard. What this instance queues itself is known
 * at once ({@link ClaimWaiters}).
 */
@Component
class QueueWatch {

	private static final Logger log = LoggerFactory.getLogger(QueueWatch.class);

	private static final long BLIND_NANOS = Duration.ofSeconds(2).toNanos();

	// A batch, and few enough to count ten times a second.
	private static final int MOST_CALLED = 1000;

	private static final int ADMITTED_AT_ONCE = 1000;

	private final ClaimStatements statements;

	private final ClaimWaiters waiters;

	private volatile long lastLook = System.nanoTime() - BLIND_NANOS;

	private volatile boolean failing;

	QueueWatch(ClaimStatements statements, ClaimWaiters waiters) {
		this.statements = statements;
		this.waiters = waiters;
	}

	@Scheduled(fixedDelay = 100, timeUnit = TimeUnit.MILLISECONDS)
	void watch() {
		if (this.waiters.size() > 0) {
			attempt(this::look);
		}
	}

	/**
	 * Where nobody waits, nobody looks; claims that do not wait depend on it all the
	 * same.
	 */
	@Scheduled(fixedDelay = 1, timeUnit = TimeUnit.SECONDS)
	void admitWhileNobodyWaits() {
		if (this.waiters.size() == 0) {
			attempt(() -> {
				while (admit() >= ADMITTED_AT_ONCE) {
					log.debug("More jobs are due than are let in at once");
				}
			});
		}
	}

	/**
	 * Looks at once where somebody waits for what another instance has queued.
	 */
	@EventListener
	void on(JobsQueuedElsewhere queued) {
		if (!Collections.disjoint(this.waiters.wanted().keySet(), queued.types())) {
			attempt(this::look);
		}
	}

	/**
	 * Whether it is long ago that the queue was looked at with success.
	 */
	boolean isBlind() {
		return System.nanoTime() - this.lastLook > BLIND_NANOS;
	}

	/**
	 * Looks once, and calls whom there are jobs for.
	 */
	void look() {
		Map<String, Integer> wanted = this.waiters.wanted();
		wanted.replaceAll((_, jobs) -> Math.min(jobs, MOST_CALLED));
		Claimable claimable = this.statements.claimable(wanted);
		this.lastLook = System.nanoTime();
		claimable.jobs().forEach(this.waiters::call);
		if (claimable.isAnyDue()) {
			admit();
		}
	}

	private int admit() {
		List<String> types = this.statements.admit(ADMITTED_AT_ONCE);
		types.forEach((type) -> this.waiters.call(type, 1));
		return types.size();
	}

	private void attempt(Runnable step) {
		try {
			step.run();
			this.failing = false;
		}
		catch (DataAccessException ex) {
			// Once for each outage: it comes ten times a second.
			if (!this.failing) {
				log.warn("The queue cannot be looked at: {}", ex.getMostSpecificCause().getMessage());
			}
			this.failing = true;
		}
	}

}
