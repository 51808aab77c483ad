package io.surveycoder.jobs.job;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import io.micrometer.core.instrument.MeterRegistry;
import io.surveycoder.jobs.http.ApiException;
import io.surveycoder.jobs.http.ErrorCode;
import io.surveycoder.jobs.job.ChangeLog.Changes;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;
import org.springframework.http.HttpHeaders;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.stereotype.Component;

/**
 * Tells whoever follows jobs on this instance of their changes, on whichever instance
 * these were made. While somebody follows, one statement is made for all of them some 25
 * times a second, which finds what is new in the log and costs the same for one follower
 * and for ten thousand; nobody holds a connection. Nothing else is needed, and what the
 * database has committed is told to everybody who followed before (docs/adr/0022).
 */
@Component
public class JobChanges implements SmartLifecycle {

	private static final Logger log = LoggerFactory.getLogger(JobChanges.class);

	private static final Duration GAP = Duration.ofMillis(40);

	private static final Duration PAUSE = Duration.ofMillis(500);

	// As long as one waits for a connection.
	private static final Duration PATIENCE = Duration.ofSeconds(3);

	private static final long BLIND_NANOS = Duration.ofSeconds(2).toNanos();

	private final ChangeLog changes;

	private final ChangeDemand demand;

	private final Followers followers;

	private final Semaphore followed = new Semaphore(0);

	// One for each time that it runs.
	private volatile CountDownLatch stopped = new CountDownLatch(1);

	private final ReentrantLock lock = new ReentrantLock();

	// Up to where all followers have been told; null while there are none.
	private @Nullable Snapshot told;

	private volatile long lastLook;

	private @Nullable Thread reader;

	private volatile boolean running;

	JobChanges(ChangeLog changes, ChangeDemand demand, WaitingSettings settings, MeterRegistry meters) {
		this.changes = changes;
		this.demand = demand;
		this.followers = new Followers(settings.maxClients(), settings.mostOfOrganization());
		meters.gauge("jobs.clients.waiting", this.followers, Followers::count);
	}

	/**
	 * Follows one job. What is read from the database after this has returned, and what
	 * is told, have no gap between them, but the same change may be in both.
	 * @param listener called with one change after the other, by one thread at a time,
	 * which it must not hold up
	 * @throws ApiException 503 when there are too many, or the instance is about to stop
	 */
	public Following job(String organization, JobId id, Listener listener) {
		return follow(organization, () -> this.followers.ofJob(organization, id, listener));
	}

	/**
	 * The same for all jobs of an organization.
	 */
	public Following organization(String organization, Listener listener) {
		return follow(organization, () -> this.followers.ofOrganization(organization, listener));
	}

	private Following follow(String organization, Supplier<Following> add) {
		if (!this.running) {
			throw new ApiException(ErrorCode.SERVICE_UNAVAILABLE, "This instance is about to stop; try again")
				.with(HttpHeaders.RETRY_AFTER, "1");
		}
		if (!this.followers.takePlace(organization)) {
			throw new ApiException(ErrorCode.SERVICE_UNAVAILABLE,
					"Too many clients wait on this instance; try again later")
				.with(HttpHeaders.RETRY_AFTER, "5");
		}
		Following following = add.get();
		try {
			begin();
		}
		catch (RuntimeException ex) {
			following.close();
			throw ex;
		}
		return following;
	}

	// Of those who come together while the database does not answer, each would wait for
	// the others' attempts before its own.
	private void begin() {
		try {
			if (!this.lock.tryLock(PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
				throw new CannotGetJdbcConnectionException("No turn to follow within " + PATIENCE.toMillis() + " ms");
			}
		}
		catch (InterruptedException _) {
			Thread.currentThread().interrupt();
			throw new CannotGetJdbcConnectionException("Interrupted before following");
		}
		try {
			if (this.told == null) {
				this.told = this.demand.begin(this.stopped);
				this.lastLook = System.nanoTime();
				this.followed.release();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Whether it is long ago that the log was read with success: who was told of nothing
	 * must not believe that there was nothing.
	 */
	public boolean isBlind() {
		return System.nanoTime() - this.lastLook > BLIND_NANOS;
	}

	/**
	 * Whether nobody is told anything any more, since the instance stops.
	 */
	public boolean isOver() {
		return !this.running;
	}

	/**
	 * Whether one more of this organization may follow.
	 */
	public boolean hasRoom(String organization) {
		return this.running && this.followers.hasRoom(organization);
	}

	/**
	 * Whether somebody follows this job; for tests.
	 */
	public boolean isFollowed(JobId id) {
		return this.followers.isFollowed(id);
	}

	/**
	 * Reads the log once and tells what is new.
	 */
	void look() {
		Snapshot from = beginLook();
		if (from == null) {
			return;
		}
		Changes found = this.changes.since(from);
		found.found().ifPresentOrElse((changes) -> this.followers.tell(changes, found.to()), () -> {
			log.info("More than {} changes at once, or not all in the log: all followers look for themselves",
					ChangeLog.MOST);
			this.followers.tellMissed();
		});
		this.lock.lock();
		try {
			this.told = found.to();
		}
		finally {
			this.lock.unlock();
		}
		this.lastLook = System.nanoTime();
	}

	private @Nullable Snapshot beginLook() {
		this.lock.lock();
		try {
			if (this.followers.count() == 0) {
				this.told = null;
			}
			return this.told;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void run(CountDownLatch stopped) throws InterruptedException {
		boolean failing = false;
		while (stopped.getCount() > 0) {
			try {
				if (beginLook() == null) {
					this.followed.acquire();
					this.followed.drainPermits();
				}
				look();
				failing = false;
			}
			catch (RuntimeException ex) {
				// Once for each outage.
				if (!failing && this.running) {
					log.warn("Changes of jobs cannot be read, those who wait are told later: {}", ex.getMessage());
				}
				failing = true;
			}
			stopped.await((failing ? PAUSE : GAP).toNanos(), TimeUnit.NANOSECONDS);
		}
	}

	@Override
	public void start() {
		CountDownLatch stopped = new CountDownLatch(1);
		Thread before = this.reader;
		this.stopped = stopped;
		this.running = true;
		this.reader = Thread.ofVirtual().name("job-changes").start(() -> {
			try {
				if (before != null) {
					before.join();
				}
				run(stopped);
			}
			catch (InterruptedException _) {
				Thread.currentThread().interrupt();
			}
		});
	}

	// Before the web server, which waits for the requests that are being answered.
	@Override
	public void stop() {
		this.running = false;
		this.stopped.countDown();
		this.followed.release();
		this.followers.tellMissed();
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/**
	 * Whom changes are told.
	 */
	public interface Listener {

		/**
		 * Something has happened.
		 * @param changes by their time; of one job as they happened
		 * @param to the moment up to which all changes have been told with this
		 */
		void changed(List<JobChange> changes, Snapshot to);

		/**
		 * Something may have happened that will not be told, or the instance stops: the
		 * database knows, and {@link JobChanges#isOver()}.
		 */
		void missed();

	}

	/**
	 * Ends when it is closed; to close it again does no harm.
	 */
	public interface Following extends AutoCloseable {

		@Override
		void close();

	}

}
