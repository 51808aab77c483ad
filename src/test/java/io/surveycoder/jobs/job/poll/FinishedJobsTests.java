package io.surveycoder.jobs.job.poll;

import java.time.Duration;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.surveycoder.jobs.http.JsonBytes;
import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.poll.FinishedJobs.Settings;
import io.surveycoder.jobs.job.poll.JobReads.FoundJob;
import org.junit.jupiter.api.Test;

import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

class FinishedJobsTests {

	private static final String ORGANIZATION = "org_000000000000000000000001";

	private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

	@Test
	void finishedJobIsKept() {
		FinishedJobs jobs = jobs(DataSize.ofMegabytes(1));
		FoundJob job = job(true, Duration.ofHours(1), 1000);
		jobs.offer(ORGANIZATION, id(1), job);
		assertThat(jobs.get(ORGANIZATION, id(1))).isSameAs(job);
		assertThat(jobs.get("org_000000000000000000000002", id(1))).isNull();
	}

	@Test
	void jobInFlightIsNotKept() {
		FinishedJobs jobs = jobs(DataSize.ofMegabytes(1));
		jobs.offer(ORGANIZATION, id(1), job(false, Duration.ofHours(1), 1000));
		assertThat(jobs.get(ORGANIZATION, id(1))).isNull();
	}

	@Test
	void largeResultIsNotKept() {
		FinishedJobs jobs = jobs(DataSize.ofMegabytes(1));
		jobs.offer(ORGANIZATION, id(1),
				FoundJob.large(new byte[1000], 1, System.nanoTime() + Duration.ofHours(1).toNanos()));
		assertThat(jobs.get(ORGANIZATION, id(1))).isNull();
	}

	@Test
	void expiredJobIsNotGivenOut() {
		FinishedJobs jobs = jobs(DataSize.ofMegabytes(1));
		jobs.offer(ORGANIZATION, id(1), job(true, Duration.ofNanos(-1), 1000));
		assertThat(jobs.get(ORGANIZATION, id(1))).isNull();
	}

	@Test
	void noMoreIsKeptThanTheWeightAllows() {
		FinishedJobs jobs = jobs(DataSize.ofMegabytes(1));
		for (int n = 0; n < 5000; n++) {
			jobs.offer(ORGANIZATION, id(n), job(true, Duration.ofHours(1), 10_000));
		}
		assertThat(jobs.weight()).isBetween(500_000L, 1L << 20);
	}

	@Test
	void nothingIsKeptWithoutRoom() {
		FinishedJobs jobs = jobs(DataSize.ofBytes(0));
		jobs.offer(ORGANIZATION, id(1), job(true, Duration.ofHours(1), 10));
		assertThat(jobs.weight()).isZero();
		assertThat(jobs.get(ORGANIZATION, id(1))).isNull();
	}

	private FinishedJobs jobs(DataSize size) {
		return new FinishedJobs(new Settings(size), this.meters);
	}

	private static FoundJob job(boolean isFinal, Duration left, int bytes) {
		return new FoundJob(new JsonBytes<>(new byte[bytes]), 1, isFinal, 0, System.nanoTime() + left.toNanos(), null);
	}

	private static JobId id(int number) {
		return new JobId("job_%024x".formatted(number));
	}

}
