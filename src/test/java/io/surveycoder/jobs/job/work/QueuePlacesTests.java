package io.surveycoder.jobs.job.work;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import io.surveycoder.jobs.job.JobType;
import io.surveycoder.jobs.job.work.QueuePlaces.Place;
import io.surveycoder.jobs.job.work.QueuePlaces.Start;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class QueuePlacesTests {

	private static final Claim ANY = new Claim("test", JobType.allWire(), 100, 60);

	private static final Claim CODINGS = new Claim("test", List.of("auto_coding"), 100, 60);

	private static final String ID = "job_019dc1a2b3c4d5e6f7a8b9c0";

	private static final Duration LONG = Duration.ofSeconds(30);

	private long now = 1;

	private final QueuePlaces places = new QueuePlaces(() -> this.now);

	@Test
	void placeIsThatOfItsQueueAndTypesAlone() {
		note(begin(), LONG, 3, ID);
		Place place = begin().place().orElseThrow();
		assertThat(place.priority()).isEqualTo(3);
		assertThat(ID).startsWith(place.from()).hasSizeGreaterThan(place.from().length());
		assertThat(this.places.isKnown("org", ANY)).isTrue();
		assertThat(this.places.begin("org", CODINGS).place()).isEmpty();
		assertThat(this.places.begin("other", ANY).place()).isEmpty();
		assertThat(this.places.isKnown("other", ANY)).isFalse();
	}

	@Test
	void goingOnDoesNotMakeAPlaceYounger() {
		note(begin(), LONG, 3, ID);
		Start start = begin();
		note(start, LONG, 2, "job_019dc1a2b3c5000000000000");
		Place place = begin().place().orElseThrow();
		assertThat(place.priority()).isEqualTo(2);
		assertThat(place.from()).isEqualTo("job_019dc1a2b3c5");
		assertThat(place.since()).isEqualTo(start.place().orElseThrow().since());
	}

	@Test
	void oneAtATimeBeginsAtTheHeadAgainAndTheOthersGoOn() {
		note(begin(), Duration.ZERO, 3, ID);
		Start before = begin();
		this.now += 49_999_999;
		assertThat(begin()).isEqualTo(before);
		this.now++;
		assertThat(begin().place()).isEmpty();
		Place renewed = begin().place().orElseThrow();
		assertThat(renewed.from()).isEqualTo(before.place().orElseThrow().from());
		assertThat(renewed.since()).isGreaterThan(before.place().orElseThrow().since());
		note(before, LONG, 3, ID);
		assertThat(begin().place()).as("an old claim that ends late moves no newer place").contains(renewed);
	}

	@Test
	void queueThatNobodyClaimedFromForLongerIsNotKnown() {
		note(begin(), Duration.ZERO, 3, ID);
		this.now += 99_999_999;
		assertThat(this.places.isKnown("org", ANY)).isTrue();
		this.now++;
		assertThat(this.places.isKnown("org", ANY)).isFalse();
	}

	@Test
	void placeIsGoodForLongerTheLongerItTookToComeThereButForASecondAtMost() {
		note(begin(), Duration.ZERO, 3, ID);
		assertThat(begin().place().map(Place::goodFor)).contains(50_000_000L);
		this.places.forget();
		note(begin(), Duration.ofMillis(10), 3, ID);
		assertThat(begin().place().map(Place::goodFor)).contains(200_000_000L);
		this.places.forget();
		note(begin(), LONG, 3, ID);
		assertThat(begin().place().map(Place::goodFor)).contains(1_000_000_000L);
	}

	@Test
	void whatWasBegunBeforeAJobWasGivenBackLeavesNoPlace() {
		Start head = begin();
		this.places.forget();
		note(head, LONG, 3, ID);
		assertThat(begin()).extracting(Start::place).isEqualTo(Optional.empty());
		note(begin(), LONG, 3, ID);
		Start place = begin();
		this.places.forget();
		note(place, LONG, 3, ID);
		assertThat(begin().place()).isEmpty();
	}

	private Start begin() {
		return this.places.begin("org", ANY);
	}

	private void note(Start start, Duration took, int priority, String id) {
		this.places.note("org", ANY, start, took, priority, id);
	}

}
