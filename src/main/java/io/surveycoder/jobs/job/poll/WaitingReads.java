package io.surveycoder.jobs.job.poll;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;

import io.surveycoder.jobs.job.JobChange;
import io.surveycoder.jobs.job.JobChanges;
import io.surveycoder.jobs.job.JobChanges.Following;
import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.Snapshot;
import io.surveycoder.jobs.job.poll.JobReads.FoundJob;

import org.springframework.stereotype.Component;

/**
 * Reads of a job that wait for it (contract §4, {@code Prefer: wait}). They wait in
 * memory: no connection, no transaction, no platform thread.
 */
@Component
class WaitingReads {

	private final JobAnswers jobs;

	private final JobChanges changes;

	WaitingReads(JobAnswers jobs, JobChanges changes) {
		this.jobs = jobs;
		this.changes = changes;
	}

	/**
	 * Begins to wait for a job, and reads it.
	 * @param awaited which versions end the wait; a finished job ends it anyway
	 */
	Wait begin(String organization, JobId id, LongPredicate awaited) {
		Wait wait = new Wait(organization, id, awaited);
		wait.following = this.changes.job(organization, id, wait);
		try {
			wait.found = this.jobs.find(organization, id);
			return wait;
		}
		catch (RuntimeException ex) {
			wait.close();
			throw ex;
		}
	}

	/**
	 * Whether there is room for one more of this organization.
	 */
	boolean haveRoom(String organization) {
		return this.changes.hasRoom(organization);
	}

	/**
	 * One that waits.
	 */
	final class Wait implements JobChanges.Listener, AutoCloseable {

		private final String organization;

		private final JobId id;

		private final LongPredicate awaited;

		private final Semaphore news = new Semaphore(0);

		private volatile boolean outdated;

		@SuppressWarnings("NullAway.Init")
		private Following following;

		@SuppressWarnings("NullAway.Init")
		private FoundJob found;

		private Wait(String organization, JobId id, LongPredicate awaited) {
			this.organization = organization;
			this.id = id;
			this.awaited = awaited;
		}

		/**
		 * The job as it was read last.
		 */
		FoundJob found() {
			return this.found;
		}

		/**
		 * Whether there is nothing to wait for.
		 */
		boolean isOver() {
			return this.found.isFinal() || this.awaited.test(this.found.version());
		}

		/**
		 * Waits, and reads the job again if it has changed.
		 * @return the job as it is then
		 * @throws io.surveycoder.jobs.http.ApiException {@code NOT_FOUND} when it has
		 * expired
		 */
		FoundJob await(Duration atMost) throws InterruptedException {
			long now = System.nanoTime();
			long end = now + Math.min(atMost.toNanos(), this.found.expiresAtNanos() - now);
			while (!isOver() && !WaitingReads.this.changes.isOver()
					&& this.news.tryAcquire(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
				this.news.drainPermits();
				read();
			}
			if (this.outdated || WaitingReads.this.changes.isBlind()
					|| System.nanoTime() - this.found.expiresAtNanos() >= 0) {
				read();
			}
			return this.found;
		}

		private void read() {
			this.outdated = false;
			this.found = WaitingReads.this.jobs.find(this.organization, this.id);
		}

		@Override
		public void changed(List<JobChange> changes, Snapshot to) {
			this.outdated = true;
			for (JobChange change : changes) {
				if (change.isFinal() || this.awaited.test(change.version())) {
					this.news.release();
				}
			}
		}

		@Override
		public void missed() {
			this.outdated = true;
			this.news.release();
		}

		@Override
		public void close() {
			this.following.close();
		}

	}

}
