package io.surveycoder.jobs.job;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

import io.surveycoder.jobs.job.JobPartitions.Partition;
import io.surveycoder.jobs.job.JobPartitions.Table;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class JobPartitionsTests {

	private static final Duration SIX_HOURS = Duration.ofHours(6);

	@Test
	void withNoneThePresentSpanIsMissing() {
		assertThat(missing("03:10", "03:10", SIX_HOURS)).containsExactly("00:00-06:00");
	}

	@Test
	void spansAheadAreMissingToo() {
		assertThat(missing("03:10", "09:10", SIX_HOURS)).containsExactly("00:00-06:00", "06:00-12:00");
	}

	@Test
	void firstInstantOfASpanBelongsToIt() {
		assertThat(missing("05:59", "06:00", SIX_HOURS, "00:00-06:00")).containsExactly("06:00-12:00");
	}

	@Test
	void nothingIsMissingWhereAllIsThere() {
		assertThat(missing("03:10", "09:10", SIX_HOURS, "00:00-06:00", "06:00-12:00")).isEmpty();
	}

	@Test
	void gapIsFilledUpToWhatFollows() {
		assertThat(missing("03:10", "13:00", SIX_HOURS, "00:00-06:00", "11:00-18:00")).containsExactly("06:00-11:00");
	}

	@Test
	void narrowerWidthBeginsAfterTheWideSpans() {
		assertThat(missing("05:30", "06:30", Duration.ofHours(1), "00:00-06:00")).containsExactly("06:00-07:00");
	}

	@Test
	void widerWidthBeginsAfterTheNarrowSpans() {
		assertThat(missing("01:20", "01:20", SIX_HOURS, "00:00-01:00")).containsExactly("01:00-06:00");
	}

	@Test
	void clockSetBackFindsTheSpansBeforeTheFirst() {
		assertThat(missing("05:00", "11:00", Duration.ofHours(8), "12:00-18:00")).containsExactly("00:00-08:00",
				"08:00-12:00");
	}

	@Test
	void afterADayOffTheTimeBetweenIsLeftOut() {
		Instant morning = Instant.parse("2026-05-01T00:00:00Z");
		List<Partition> present = List.of(new Partition("job_old", morning, morning.plus(SIX_HOURS)));
		Instant now = morning.plus(Duration.ofHours(49));
		assertThat(JobPartitions.missing(Table.JOB, present, now, now, SIX_HOURS)).containsExactly(new Partition(
				"job_20260503_0000", morning.plus(Duration.ofHours(48)), morning.plus(Duration.ofHours(54))));
	}

	@Test
	void whateverWasThereAllIsCoveredAndNothingOverlaps() {
		Random random = new Random(42);
		Instant zero = Instant.parse("2026-05-01T00:00:00Z");
		for (int round = 0; round < 2000; round++) {
			List<Partition> partitions = new ArrayList<>();
			Instant since = zero.plusSeconds(random.nextInt(200_000));
			for (int change = 0; change < 4; change++) {
				Instant until = since.plusSeconds(random.nextInt(50_000));
				partitions.addAll(JobPartitions.missing(Table.JOB, partitions, since, until,
						Duration.ofMinutes(1 + random.nextInt(1000))));
				assertCovers(partitions, since, until);
				since = zero.plusSeconds(random.nextInt(200_000));
			}
		}
	}

	private static void assertCovers(List<Partition> partitions, Instant since, Instant until) {
		List<Partition> sorted = partitions.stream().sorted(Comparator.comparing(Partition::from)).toList();
		Instant covered = since;
		for (int i = 0; i < sorted.size(); i++) {
			Partition partition = sorted.get(i);
			assertThat(partition.from()).isBefore(partition.to());
			assertThat(i == 0 || !partition.from().isBefore(sorted.get(i - 1).to())).as("no overlap").isTrue();
			covered = partition.holds(covered) ? partition.to() : covered;
		}
		assertThat(covered).isAfter(until);
		assertThat(sorted.stream().map(Partition::name)).doesNotHaveDuplicates();
	}

	private static List<String> missing(String since, String until, Duration width, String... present) {
		List<Partition> partitions = Stream.of(present)
			.map((span) -> new Partition(span, at(span.substring(0, 5)), at(span.substring(6))))
			.toList();
		return JobPartitions.missing(Table.JOB, partitions, at(since), at(until), width)
			.stream()
			.map((partition) -> partition.from().toString().substring(11, 16) + "-"
					+ partition.to().toString().substring(11, 16))
			.toList();
	}

	private static Instant at(String time) {
		return Instant.parse("2026-05-01T" + time + ":00Z");
	}

}
