package io.surveycoder.jobs.job.poll;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class PaceTests {

	// Times in milliseconds since creation.
	@ParameterizedTest
	@CsvSource({ "50, 100, 10000, 10000, 10", "50, 100, 10000, 15000, 5", "50, 100, 10000, 15001, 5",
			"50, 100, 10000, 14999, 6", "99, 100, 99000, 99000, 1", "100, 100, 5000, 5000, 1",
			"1, 1000, 1000, 1000, 30", "10, 20, 0, 0, 1", "1, 2147483647, 2592000000, 2592000000, 30" })
	void jobIsAskedForWhenItWillBeFinishedAtItsPace(int processed, int total, long updatedAt, long now, int seconds) {
		assertThat(new Pace(processed, total, 0, updatedAt, now).retryAfterSeconds()).isEqualTo(seconds);
	}

	@ParameterizedTest
	@CsvSource({ "50, 100, 10000, 20000, 1", "50, 100, 10000, 24000, 1", "50, 100, 10000, 24001, 2",
			"50, 100, 10000, 60000, 10", "50, 100, 10000, 3600000, 30" })
	void overdueJobIsAskedForLessAndLessOften(int processed, int total, long updatedAt, long now, int seconds) {
		assertThat(new Pace(processed, total, 0, updatedAt, now).retryAfterSeconds()).isEqualTo(seconds);
	}

	@ParameterizedTest
	@CsvSource({ "0, 1", "4000, 1", "4001, 2", "60000, 15", "119000, 30", "3600000, 30" })
	void jobWithoutProgressIsAskedForAfterAQuarterOfItsAge(long now, int seconds) {
		assertThat(new Pace(0, 100, 0, now / 2, now).retryAfterSeconds()).isEqualTo(seconds);
		assertThat(new Pace(0, 0, 0, 0, now).retryAfterSeconds()).isEqualTo(seconds);
	}

	@Test
	void clockThatWasSetBackAsksSoon() {
		assertThat(new Pace(0, 100, 5000, 5000, 0).retryAfterSeconds()).isEqualTo(1);
		assertThat(new Pace(100, 100, 0, 5000, 0).retryAfterSeconds()).isEqualTo(5);
	}

}
