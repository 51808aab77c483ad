package io.surveycoder.jobs.job.work;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import org.springframework.stereotype.Component;

/**
 * Where in an organization's queue the last claim stopped. What is claimed leaves dead
 * entries at the head of the index, which every claim would have to pass again until they
 * are vacuumed: after half a million claims that was most of what a claim cost.
 * <p>
 * A place says nothing of what comes before it, so it is forgotten as soon as this
 * instance gives a job back, and at the latest after 50 ms, for what others give back;
 * only among jobs of one priority, and only so long, may an older one be passed over. Who
 * finds too few behind a place looks before it at once.
 */
@Component
class QueuePlaces {

	private static final long GOOD_FOR_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

	private static final int MOST = 10_000;

	private static final int INSTANT_LENGTH = 16;

	private final Map<Queue, Place> places = new ConcurrentHashMap<>();

	/**
	 * Where to go on; empty: at the head.
	 */
	Optional<Place> find(String organization, Claim claim) {
		return Optional.ofNullable(this.places.get(new Queue(organization, claim.types())))
			.filter((place) -> System.nanoTime() - place.since < GOOD_FOR_NANOS);
	}

	/**
	 * Notes where a claim stopped.
	 * @param begun the place where it began; empty: at the head
	 * @param priority of the last job that it took
	 * @param id of that job. The place is the beginning of the millisecond in which it
	 * was created: of those, the order is chance
	 */
	void note(String organization, Claim claim, Optional<Place> begun, int priority, String id) {
		if (this.places.size() >= MOST) {
			this.places.clear();
		}
		this.places.put(new Queue(organization, claim.types()), new Place(priority, id.substring(0, INSTANT_LENGTH),
				begun.map(Place::since).orElseGet(System::nanoTime)));
	}

	/**
	 * A job was given back to some queue: it may belong before every place.
	 */
	void forget() {
		this.places.clear();
	}

	private record Queue(String organization, List<String> types) {
	}

	/**
	 * A place in a queue.
	 *
	 * @param priority the one that was being served
	 * @param from the least id of it that may still be there
	 * @param since when somebody began at the head and came to here, of
	 * {@link System#nanoTime()}
	 */
	record Place(int priority, String from, long since) {
	}

}
