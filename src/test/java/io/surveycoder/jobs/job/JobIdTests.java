package io.surveycoder.jobs.job;

import java.time.Instant;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class JobIdTests {

	@Test
	void formOfTheContractIsAnId() {
		assertThat(JobId.parse("job_1a2b3c4d5e6f7a8b9c0d1e2f")).contains(new JobId("job_1a2b3c4d5e6f7a8b9c0d1e2f"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "job_", "1a2b3c4d5e6f7a8b9c0d1e2f", "job_1a2b3c4d5e6f7a8b9c0d1e2",
			"job_1a2b3c4d5e6f7a8b9c0d1e2f0", "job_1A2b3c4d5e6f7a8b9c0d1e2f", "JOB_1a2b3c4d5e6f7a8b9c0d1e2f",
			"job_1a2b3c4d5e6f7a8b9c0d1e2g", "job_1a2b3c4d5e6f7a8b9c0d1e2f\n", " job_1a2b3c4d5e6f7a8b9c0d1e2f",
			"job_1a2b3c4d5e6f7a8b9c0d1e2\u0661", "job_%1a2b3c4d5e6f7a8b9c0d1e2" })
	void anythingElseIsNone(String text) {
		assertThat(JobId.parse(text)).isEmpty();
	}

	@Test
	void firstTwelveDigitsAreTheCreationInstant() {
		Instant instant = Instant.parse("2026-05-01T12:34:56.789Z");
		JobId id = new JobId(JobId.startOf(instant) + "ffffffffffff");
		assertThat(JobId.parse(id.value())).contains(id);
		assertThat(id.createdAt()).isEqualTo(instant);
		assertThat(new JobId("job_000000000000000000000000").createdAt()).isEqualTo(Instant.EPOCH);
	}

	@Test
	void orderOfIdsIsOrderOfCreation() {
		Instant instant = Instant.parse("2026-05-01T12:34:56.789Z");
		JobId last = new JobId(JobId.startOf(instant) + "ffffffffffff");
		JobId next = new JobId(JobId.startOf(instant.plusMillis(1)) + "000000000000");
		assertThat(last.value()).isLessThan(next.value());
	}

}
