package io.surveycoder.jobs.job.poll;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import io.surveycoder.jobs.access.KeyStanding;
import io.surveycoder.jobs.http.ApiException;
import io.surveycoder.jobs.http.EventStream;
import io.surveycoder.jobs.job.JobChange;
import io.surveycoder.jobs.job.JobChanges;
import io.surveycoder.jobs.job.JobChanges.Following;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * A client that is sent events as they come (contract §4). It runs on a virtual thread,
 * which sleeps while there is nothing to send, and ends when the client is gone or does
 * not read, when its key opens nothing any more, and when the instance stops: a client
 * takes it up again from the last event that it has got, on any instance.
 */
abstract class LiveStream implements JobChanges.Listener {

	/**
	 * The kind of all events.
	 */
	static final String EVENT = "job";

	/**
	 * From one event about the progress of a job to the next at least.
	 */
	static final Duration PROGRESS_GAP = Duration.ofMillis(250);

	/**
	 * For {@link #sendDue}: nothing more will ever be due.
	 */
	static final long OVER = -1;

	/**
	 * For {@link #sendDue}: nothing is due until there is news.
	 */
	static final long IDLE = Long.MAX_VALUE;

	private static final Logger log = LoggerFactory.getLogger(LiveStream.class);

	private final JobChanges changes;

	private final KeyStanding key;

	private final long heartbeatNanos;

	private final Semaphore news = new Semaphore(0);

	@SuppressWarnings("NullAway.Init")
	private Following following;

	LiveStream(JobChanges changes, KeyStanding key, Duration heartbeat) {
		this.changes = changes;
		this.key = key;
		this.heartbeatNanos = heartbeat.toNanos();
	}

	/**
	 * Follows first and reads then, so that nothing is missed in between.
	 */
	void open(Following following) {
		this.following = following;
		try {
			prepare();
		}
		catch (RuntimeException ex) {
			following.close();
			throw ex;
		}
	}

	/**
	 * Ends before it has begun.
	 */
	void close() {
		this.following.close();
	}

	/**
	 * Reads what the stream begins with, while it can still be answered with an error.
	 */
	abstract void prepare();

	/**
	 * Sends what the stream begins with.
	 * @return whether that was anything
	 */
	abstract boolean begin(EventStream out) throws IOException;

	/**
	 * Sends what can be sent by now.
	 * @return nanoseconds until more can be sent, {@link #IDLE} or {@link #OVER}
	 */
	abstract long sendDue(EventStream out) throws IOException;

	/**
	 * Wakes the thread that sends.
	 */
	final void wake() {
		this.news.release();
	}

	/**
	 * To be asked before something about a job is sent.
	 * @throws ApiException when the key opens nothing any more
	 */
	final void checkKey() {
		this.key.check();
	}

	/**
	 * Sends events until there are no more.
	 */
	void writeTo(OutputStream client) {
		try (Following _ = this.following) {
			EventStream out = new EventStream(client);
			if (!begin(out)) {
				out.sendComment();
			}
			run(out);
		}
		catch (IOException ex) {
			log.debug("A client is gone or does not read", ex);
		}
		catch (ApiException | DataAccessException | TransactionException ex) {
			// It is told why when it comes again.
			log.debug("A stream ends", ex);
		}
		catch (InterruptedException _) {
			Thread.currentThread().interrupt();
		}
	}

	private void run(EventStream out) throws IOException, InterruptedException {
		long commentAt = System.nanoTime() + this.heartbeatNanos;
		while (!isStopping()) {
			long due = sendDue(out);
			if (due == OVER) {
				return;
			}
			long untilComment = commentAt - System.nanoTime();
			if (untilComment <= 0) {
				if (opensNothing()) {
					return;
				}
				out.sendComment();
				commentAt += this.heartbeatNanos;
			}
			else if (this.news.tryAcquire(Math.min(due, untilComment), TimeUnit.NANOSECONDS)) {
				this.news.drainPermits();
			}
		}
	}

	// Such a key shall not keep its place. One that cannot be looked up may: nothing is
	// told.
	private boolean opensNothing() {
		try {
			checkKey();
			return false;
		}
		catch (ApiException _) {
			return true;
		}
		catch (DataAccessException _) {
			return false;
		}
	}

	/**
	 * Whether the instance stops.
	 */
	final boolean isStopping() {
		return this.changes.isOver();
	}

	/**
	 * A job that is not finished, as a list and as a single one show it.
	 */
	static String data(JobChange job) {
		return new JobJson().job(job.id(), job.type(), job.status(), job.processed(), job.total(), job.version())
			.closeJob()
			.toString();
	}

}
