package io.surveycoder.jobs.job;

import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class JobRetentionTests {

	private static final Duration HOUR = Duration.ofHours(1);

	@ParameterizedTest
	@ValueSource(strings = { "PT59.999S", "PT0S", "PT-1H", "P30DT0.001S" })
	void spanOutsideItsRangeIsRefusedByName(Duration span) {
		assertThatIllegalArgumentException().isThrownBy(() -> new JobRetention(span, HOUR))
			.withMessageContaining("jobs.retention");
		assertThatIllegalArgumentException().isThrownBy(() -> new JobRetention(HOUR, span))
			.withMessageContaining("jobs.partition-width");
	}

	@ParameterizedTest
	@ValueSource(strings = { "PT1M", "P30D" })
	void endsOfTheRangeAreAccepted(Duration span) {
		assertThat(new JobRetention(span, span).millis()).isEqualTo(span.toMillis());
	}

	@Test
	void sunsetIsWhenTheJobIsGoneCutToTheSecond() {
		JobId id = new JobId(JobId.startOf(Instant.parse("2026-05-01T12:34:56.999Z")) + "0".repeat(12));
		assertThat(new JobRetention(Duration.ofHours(24), HOUR).sunset(id)).isEqualTo("Sat, 02 May 2026 12:34:56 GMT");
	}

	@Test
	void partitionsAreWholeMinutesWide() {
		assertThatIllegalArgumentException().isThrownBy(() -> new JobRetention(HOUR, Duration.ofSeconds(90)))
			.withMessageContaining("jobs.partition-width");
	}

}
