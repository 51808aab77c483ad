package io.surveycoder.jobs.job.work;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Where in an organization's queue the last claim stopped. What is claimed leaves dead
 * entries at the head of the index, which every claim would have to pass again until they
 * are vacuumed: after half a million claims that was most of what a claim cost.
 * <p>
 * A place says nothing of what comes before it, so it is forgotten as soon as this
 * instance gives a job back, and for what others give back somebody begins at the head
 * again: one claim at a time, while the others go on from the old place, and after twenty
 * times as long as it took, at least 50 ms and at most a second. Only among jobs of one
 * priority, and only so long, may an older one be passed over. Who finds too few behind a
 * place looks before it at once.
 */
@Component
class QueuePlaces {

	private static final long SHORTEST = TimeUnit.MILLISECONDS.toNanos(50);

	private static final long LONGEST = TimeUnit.SECONDS.toNanos(1);

	// What claims spend on dead entries is a twentieth then, however many there are.
	private static final int TIMES = 20;

	private static final int MOST = 10_000;

	private static final int INSTANT_LENGTH = 16;

	private final Map<Queue, Place> places = new ConcurrentHashMap<>();

	private final AtomicLong forgotten = new AtomicLong();

	private final LongSupplier nanoTime;

	@Autowired
	QueuePlaces() {
		this(System::nanoTime);
	}

	QueuePlaces(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
	}

	/**
	 * Where a claim is to begin.
	 */
	Start begin(String organization, Claim claim) {
		long times = this.forgotten.get();
		Queue queue = new Queue(organization, claim.types());
		Place place = this.places.get(queue);
		long now = this.nanoTime.getAsLong();
		if (place != null
				&& (now - place.since < place.goodFor || !this.places.replace(queue, place, place.renewed(now)))) {
			return new Start(Optional.of(place), times);
		}
		return new Start(Optional.empty(), times);
	}

	/**
	 * Whether a claim was made of this queue just now, so that it goes on from a place or
	 * looks for one.
	 */
	boolean isKnown(String organization, Claim claim) {
		Place place = this.places.get(new Queue(organization, claim.types()));
		return place != null && this.nanoTime.getAsLong() - place.since < 2 * place.goodFor;
	}

	/**
	 * Notes where a claim stopped.
	 * @param begun where it began
	 * @param took how long it took
	 * @param priority of the last job that it took
	 * @param id of that job. The place is the beginning of the millisecond in which it
	 * was created: of those, the order is chance
	 */
	void note(String organization, Claim claim, Start begun, Duration took, int priority, String id) {
		if (this.places.size() >= MOST) {
			this.places.clear();
		}
		String from = id.substring(0, INSTANT_LENGTH);
		long goodFor = Math.clamp(TIMES * took.toNanos(), SHORTEST, LONGEST);
		this.places.compute(new Queue(organization, claim.types()), (_, now) -> {
			if (begun.forgotten != this.forgotten.get()) {
				return now;
			}
			if (begun.place.isPresent() && now != null && now.since != begun.place.get().since) {
				// Somebody has begun at the head meanwhile, and may have noted an earlier
				// one.
				return now;
			}
			return begun.place.map((place) -> new Place(priority, from, place.since, place.goodFor))
				.orElseGet(() -> new Place(priority, from, this.nanoTime.getAsLong(), goodFor));
		});
	}

	/**
	 * A job was given back to some queue: it may belong before every place, and before
	 * those that claims are just coming to.
	 */
	void forget() {
		this.forgotten.incrementAndGet();
		this.places.clear();
	}

	private record Queue(String organization, List<String> types) {
	}

	/**
	 * Where a claim begins.
	 *
	 * @param place empty: at the head
	 * @param forgotten how often places had been forgotten then
	 */
	record Start(Optional<Place> place, long forgotten) {

		Start atHead() {
			return new Start(Optional.empty(), this.forgotten);
		}

	}

	/**
	 * A place in a queue.
	 *
	 * @param priority the one that was being served
	 * @param from the least id of it that may still be there
	 * @param since when somebody began at the head and came to here, or began to, of
	 * {@link System#nanoTime()}
	 * @param goodFor nanoseconds after which somebody is to begin at the head again
	 */
	record Place(int priority, String from, long since, long goodFor) {

		Place renewed(long now) {
			return new Place(this.priority, this.from, now, this.goodFor);
		}

	}

}
