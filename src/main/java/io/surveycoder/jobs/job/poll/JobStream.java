package io.surveycoder.jobs.job.poll;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

import io.surveycoder.jobs.access.KeyStanding;
import io.surveycoder.jobs.http.EventStream;
import io.surveycoder.jobs.job.ChangeLog;
import io.surveycoder.jobs.job.JobChange;
import io.surveycoder.jobs.job.JobChanges;
import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.Snapshot;
import io.surveycoder.jobs.job.poll.JobReads.FoundJob;
import org.jspecify.annotations.Nullable;

/**
 * The events of one job: as it is, then each change, until it is finished. The id of an
 * event is the job's version, its {@code updated_at} in milliseconds.
 */
final class JobStream extends LiveStream {

	// Only a client that does not read lets so many changes of status wait.
	private static final int MOST_PENDING = 1000;

	private final JobAnswers jobs;

	private final ChangeLog changes;

	private final String organization;

	private final JobId id;

	// The version of the last event, and the status in it where it was a change.
	private long sent;

	private String sentStatus = "";

	private long sentAtNanos;

	private final Deque<JobChange> pending = new ArrayDeque<>();

	private boolean missed;

	private List<JobChange> before = List.of();

	@SuppressWarnings("NullAway.Init")
	private FoundJob now;

	/**
	 * A stream.
	 * @param lastVersion of the last event that the client has got; null: none
	 */
	JobStream(JobAnswers jobs, ChangeLog log, JobChanges changes, KeyStanding key, Duration heartbeat,
			String organization, JobId id, @Nullable Long lastVersion) {
		super(changes, key, heartbeat);
		this.jobs = jobs;
		this.changes = log;
		this.organization = organization;
		this.id = id;
		this.sent = (lastVersion != null) ? lastVersion : Long.MIN_VALUE;
	}

	@Override
	void prepare() {
		this.now = this.jobs.find(this.organization, this.id);
		if (this.now.version() < this.sent) {
			// It cannot have had that from here.
			this.sent = Long.MIN_VALUE;
		}
		if (this.sent != Long.MIN_VALUE && this.now.version() > this.sent) {
			this.before = this.changes.ofJob(this.organization, this.id, this.sent);
		}
	}

	/**
	 * Whether the client has all there will ever be.
	 */
	boolean isOver() {
		return this.now.isFinal() && this.now.version() == this.sent;
	}

	@Override
	boolean begin(EventStream out) throws IOException {
		long sentBefore = this.sent;
		for (JobChange change : JobChange.coalesced(this.before)) {
			if (change.version() < this.now.version()) {
				send(out, change);
			}
		}
		this.before = List.of();
		if (this.now.version() > this.sent) {
			sendNow(out);
		}
		return this.sent != sentBefore;
	}

	@Override
	long sendDue(EventStream out) throws IOException {
		if (this.now.isFinal() || takeMissed()) {
			if (!this.now.isFinal()) {
				this.now = this.jobs.find(this.organization, this.id);
			}
			if (this.now.version() > this.sent) {
				sendNow(out);
			}
			if (this.now.isFinal()) {
				return OVER;
			}
		}
		long untilExpiry = this.now.expiresAtNanos() - System.nanoTime();
		if (untilExpiry <= 0) {
			return OVER;
		}
		for (JobChange next = peek(); next != null; next = peek()) {
			long untilDue = (next.status().equals(this.sentStatus))
					? this.sentAtNanos + PROGRESS_GAP.toNanos() - System.nanoTime() : 0;
			if (untilDue > 0) {
				return Math.min(untilDue, untilExpiry);
			}
			JobChange due = take();
			if (due.isFinal()) {
				this.now = this.jobs.find(this.organization, this.id);
				sendNow(out);
				return OVER;
			}
			send(out, due);
		}
		return untilExpiry;
	}

	private void send(EventStream out, JobChange change) throws IOException {
		if (change.version() > this.sent) {
			checkKey();
			out.send(EVENT, Long.toString(change.version()), data(change));
			noteSent(change.version(), change.status());
		}
	}

	private void sendNow(EventStream out) throws IOException {
		checkKey();
		out.send(EVENT, Long.toString(this.now.version()), this.jobs.body(this.organization, this.id, this.now));
		noteSent(this.now.version(), "");
	}

	private void noteSent(long version, String status) {
		this.sent = version;
		this.sentStatus = status;
		this.sentAtNanos = System.nanoTime();
	}

	private @Nullable JobChange peek() {
		synchronized (this.pending) {
			while (!this.pending.isEmpty() && this.pending.getFirst().version() <= this.sent) {
				this.pending.removeFirst();
			}
			return this.pending.peekFirst();
		}
	}

	private JobChange take() {
		synchronized (this.pending) {
			return this.pending.removeFirst();
		}
	}

	private boolean takeMissed() {
		synchronized (this.pending) {
			boolean taken = this.missed;
			this.missed = false;
			return taken;
		}
	}

	@Override
	public void changed(List<JobChange> changes, Snapshot to) {
		synchronized (this.pending) {
			for (JobChange change : changes) {
				JobChange last = this.pending.peekLast();
				if (last != null && last.status().equals(change.status())) {
					this.pending.removeLast();
				}
				this.pending.addLast(change);
			}
			if (this.pending.size() > MOST_PENDING) {
				this.pending.clear();
				this.missed = true;
			}
		}
		wake();
	}

	@Override
	public void missed() {
		synchronized (this.pending) {
			this.missed = true;
		}
		wake();
	}

}
