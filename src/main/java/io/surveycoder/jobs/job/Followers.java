package io.surveycoder.jobs.job;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import io.surveycoder.jobs.job.JobChanges.Following;
import io.surveycoder.jobs.job.JobChanges.Listener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who follows which jobs on this instance.
 */
final class Followers {

	private static final Logger log = LoggerFactory.getLogger(Followers.class);

	private final int most;

	private final int mostOfOrganization;

	private final Map<String, Integer> places = new ConcurrentHashMap<>();

	private final Map<String, Set<Follower>> ofJob = new ConcurrentHashMap<>();

	private final Map<String, Set<Follower>> ofOrganization = new ConcurrentHashMap<>();

	private final AtomicInteger count = new AtomicInteger();

	/**
	 * Nobody.
	 * @param most at most so many at a time
	 * @param mostOfOrganization and so many of one organization
	 */
	Followers(int most, int mostOfOrganization) {
		this.most = most;
		this.mostOfOrganization = mostOfOrganization;
	}

	/**
	 * Takes a place that {@link #ofJob} or {@link #ofOrganization} is going to fill.
	 * @return false when there is none
	 */
	boolean takePlace(String organization) {
		if (this.count.incrementAndGet() > this.most) {
			this.count.decrementAndGet();
			return false;
		}
		if (this.places.merge(organization, 1, Integer::sum) > this.mostOfOrganization) {
			givePlace(organization);
			return false;
		}
		return true;
	}

	private void givePlace(String organization) {
		this.places.computeIfPresent(organization, (_, taken) -> (taken > 1) ? taken - 1 : null);
		this.count.decrementAndGet();
	}

	Following ofJob(String organization, JobId id, Listener listener) {
		return add(this.ofJob, id.value(), new Follower(organization, listener));
	}

	Following ofOrganization(String organization, Listener listener) {
		return add(this.ofOrganization, organization, new Follower(organization, listener));
	}

	private Following add(Map<String, Set<Follower>> followers, String key, Follower follower) {
		followers.compute(key, (_, present) -> {
			Set<Follower> all = (present != null) ? present : ConcurrentHashMap.newKeySet(1);
			all.add(follower);
			return all;
		});
		return () -> followers.computeIfPresent(key, (_, present) -> {
			if (present.remove(follower)) {
				givePlace(follower.organization);
			}
			return present.isEmpty() ? null : present;
		});
	}

	int count() {
		return this.count.get();
	}

	boolean hasRoom(String organization) {
		return count() < this.most && this.places.getOrDefault(organization, 0) < this.mostOfOrganization;
	}

	boolean isFollowed(JobId id) {
		return this.ofJob.containsKey(id.value());
	}

	/**
	 * Tells everybody of what is theirs.
	 */
	void tell(List<JobChange> changes, Snapshot to) {
		Map<String, List<JobChange>> byOrganization = new HashMap<>();
		for (JobChange change : changes) {
			for (Follower follower : this.ofJob.getOrDefault(change.id(), Set.of())) {
				if (follower.organization.equals(change.organization())) {
					follower.tell(List.of(change), to);
				}
			}
			if (this.ofOrganization.containsKey(change.organization())) {
				byOrganization.computeIfAbsent(change.organization(), (_) -> new ArrayList<>()).add(change);
			}
		}
		byOrganization.forEach((organization, theirs) -> this.ofOrganization.getOrDefault(organization, Set.of())
			.forEach((follower) -> follower.tell(theirs, to)));
	}

	/**
	 * Tells everybody to look for themselves.
	 */
	void tellMissed() {
		this.ofJob.values().forEach((all) -> all.forEach((follower) -> follower.listener.missed()));
		this.ofOrganization.values().forEach((all) -> all.forEach((follower) -> follower.listener.missed()));
	}

	private static final class Follower {

		private final String organization;

		private final Listener listener;

		Follower(String organization, Listener listener) {
			this.organization = organization;
			this.listener = listener;
		}

		// One that fails must not keep the others from being told.
		void tell(List<JobChange> changes, Snapshot to) {
			try {
				this.listener.changed(changes, to);
			}
			catch (RuntimeException ex) {
				log.error("A follower of {} cannot be told", this.organization, ex);
				this.listener.missed();
			}
		}

	}

}
