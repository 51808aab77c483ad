package io.surveycoder.jobs.job.poll;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

import io.surveycoder.jobs.access.KeyStanding;
import io.surveycoder.jobs.http.EventStream;
import io.surveycoder.jobs.job.ChangeLog;
import io.surveycoder.jobs.job.JobChange;
import io.surveycoder.jobs.job.JobChanges;
import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.Snapshot;
import io.surveycoder.jobs.job.poll.ListPosition.At;
import io.surveycoder.jobs.job.poll.ListPosition.Listing;
import io.surveycoder.jobs.job.poll.ListPosition.Within;
import io.surveycoder.jobs.job.poll.StreamedJobs.Filter;
import io.surveycoder.jobs.job.poll.StreamedJobs.Listed;
import org.jspecify.annotations.Nullable;

/**
 * The events of an organization's jobs: as they are, oldest first, then each change, in
 * windows of a quarter of a second. The id of an event is a {@link ListPosition}. A
 * window is the same, event by event, when it is read from the log again.
 */
final class ListStream extends LiveStream {

	private static final Comparator<JobChange> IN_TIME = Comparator.comparingLong(JobChange::version)
		.thenComparing(JobChange::id);

	private final StreamedJobs jobs;

	private final ChangeLog log;

	private final String organization;

	private final Filter filter;

	private final Optional<ListPosition> last;

	private List<Event> beginning = List.of();

	// Up to where the beginning was read, while there is more of it.
	private @Nullable JobId listed;

	// Jobs with ids below it are gone, as of the moment when the stream was taken up.
	private String horizon = "";

	// What is visible in it was read or told, and is not to be told again.
	@SuppressWarnings("NullAway.Init")
	private Snapshot told;

	private long toldAtNanos = System.nanoTime() - PROGRESS_GAP.toNanos();

	private List<JobChange> pending = new ArrayList<>();

	@SuppressWarnings("NullAway.Init")
	private Snapshot pendingTo;

	private boolean broken;

	/**
	 * A stream.
	 * @param last of the last event that the client has got
	 */
	ListStream(StreamedJobs jobs, ChangeLog log, JobChanges changes, KeyStanding key, Duration heartbeat,
			String organization, Filter filter, Optional<ListPosition> last) {
		super(changes, key, heartbeat);
		this.jobs = jobs;
		this.log = log;
		this.organization = organization;
		this.filter = filter;
		this.last = last;
	}

	@Override
	void prepare() {
		if (!this.last.map(this::resume).orElse(false)) {
			this.beginning = new ArrayList<>();
			list(this.jobs.newest(this.organization, this.filter));
		}
	}

	/**
	 * Takes the stream up again.
	 * @return false when that is not possible
	 */
	private boolean resume(ListPosition position) {
		this.beginning = new ArrayList<>();
		this.horizon = this.jobs.horizon();
		return switch (position) {
			case At(Snapshot from) -> readOn(from);
			case Within(Snapshot from, Snapshot to, int count) -> {
				Optional<List<JobChange>> window = this.log.ofOrganization(this.organization, from, to).found();
				window.ifPresent((changes) -> addWindow(from, to, changes, count));
				yield window.isPresent() && readOn(to);
			}
			case Listing(Snapshot seen, JobId last) -> listOn(seen, last);
		};
	}

	/**
	 * Reads the next part of the beginning.
	 * @return false when too much has changed since the last
	 */
	private boolean listOn(Snapshot seen, JobId last) {
		Optional<StreamedJobs.Rest> rest = this.jobs.rest(this.organization, this.filter, seen, last);
		rest.ifPresent((found) -> {
			// With the position before them: should these be lost, they are told again
			// together.
			JobChange.coalesced(found.changes())
				.stream()
				.filter(this::shows)
				.forEach((change) -> this.beginning.add(new Event(new Listing(seen, last), change)));
			list(found.jobs());
		});
		return rest.isPresent();
	}

	private boolean readOn(Snapshot from) {
		ChangeLog.Changes changes = this.log.ofOrganization(this.organization, from, null);
		if (changes.found().isEmpty() || from.xmax() > changes.to().xmax()) {
			return false;
		}
		addWindow(from, changes.to(), changes.found().get(), 0);
		this.told = changes.to();
		return true;
	}

	private void list(Listed page) {
		int left = page.isFull() ? page.jobs().size() + 1 : page.jobs().size();
		for (JobChange job : page.jobs()) {
			left--;
			this.beginning
				.add(new Event((left == 0) ? new At(page.seen()) : new Listing(page.seen(), new JobId(job.id())), job));
		}
		this.told = page.seen();
		this.listed = page.isFull() ? new JobId(page.jobs().getLast().id()) : null;
	}

	private void addWindow(Snapshot from, Snapshot to, List<JobChange> changes, int skipped) {
		this.beginning.addAll(window(from, to, changes, skipped));
	}

	private List<Event> window(Snapshot from, Snapshot to, List<JobChange> changes, int skipped) {
		List<JobChange> coalesced = JobChange.coalesced(changes.stream().sorted(IN_TIME).toList());
		List<Event> events = new ArrayList<>();
		for (int place = skipped; place < coalesced.size(); place++) {
			JobChange change = coalesced.get(place);
			if (shows(change)) {
				int count = place + 1;
				events.add(new Event((count == coalesced.size()) ? new At(to) : new Within(from, to, count), change));
			}
		}
		return events;
	}

	// The log keeps the changes of a job for longer than clients see it.
	private boolean shows(JobChange change) {
		return this.filter.shows(change) && change.id().compareTo(this.horizon) >= 0;
	}

	@Override
	boolean begin(EventStream out) throws IOException {
		boolean sent = sendBeginning(out);
		for (JobId last = this.listed; last != null && !isStopping(); last = this.listed) {
			if (!listOn(this.told, last)) {
				synchronized (this) {
					this.broken = true;
				}
				return sent;
			}
			sent |= sendBeginning(out);
		}
		return sent;
	}

	private boolean sendBeginning(EventStream out) throws IOException {
		List<Event> events = this.beginning;
		this.beginning = new ArrayList<>();
		send(out, events);
		return !events.isEmpty();
	}

	@Override
	long sendDue(EventStream out) throws IOException {
		long untilDue = this.toldAtNanos + PROGRESS_GAP.toNanos() - System.nanoTime();
		List<JobChange> changes;
		Snapshot to;
		synchronized (this) {
			if (this.broken) {
				return OVER;
			}
			if (this.pending.isEmpty()) {
				return IDLE;
			}
			if (untilDue > 0) {
				return untilDue;
			}
			changes = this.pending;
			to = this.pendingTo;
			this.pending = new ArrayList<>();
		}
		List<JobChange> news = changes.stream().filter((change) -> !this.told.sees(change.xact())).toList();
		if (!news.isEmpty()) {
			send(out, window(this.told, to, news, 0));
			this.told = to;
			this.toldAtNanos = System.nanoTime();
		}
		return IDLE;
	}

	private void send(EventStream out, List<Event> events) throws IOException {
		if (events.isEmpty()) {
			return;
		}
		checkKey();
		for (Event event : events) {
			out.add(EVENT, event.position.toString(), data(event.job));
		}
		out.flush();
	}

	@Override
	public void changed(List<JobChange> changes, Snapshot to) {
		synchronized (this) {
			this.pending.addAll(changes);
			this.pendingTo = to;
			// Only a client that does not read lets so many wait; it may come again.
			this.broken |= this.pending.size() > ChangeLog.MOST;
		}
		wake();
	}

	@Override
	public void missed() {
		synchronized (this) {
			this.broken = true;
		}
		wake();
	}

	private record Event(ListPosition position, JobChange job) {
	}

}
