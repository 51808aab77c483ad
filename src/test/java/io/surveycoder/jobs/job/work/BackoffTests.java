package io.surveycoder.jobs.job.work;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class BackoffTests {

	private final Backoff standard = new Backoff(Duration.ofSeconds(5), Duration.ofMinutes(10), 0.2);

	@Test
	void delayDoublesWithEachAttemptUpToTheLongest() {
		assertThat(this.standard.secondsByAttempt(0.5)).containsExactly(5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 320.0,
				600.0);
	}

	@Test
	void jitterReachesEquallyToEitherSide() {
		assertThat(this.standard.secondsByAttempt(0)).startsWith(4.0, 8.0).endsWith(480.0);
		assertThat(this.standard.secondsByAttempt(1)).startsWith(6.0, 12.0).endsWith(720.0);
	}

	@Test
	void withoutJitterChanceChangesNothing() {
		Backoff exact = new Backoff(Duration.ofMillis(1500), Duration.ofSeconds(3), 0);
		assertThat(exact.secondsByAttempt(0)).containsExactly(exact.secondsByAttempt(1)).containsExactly(1.5, 3.0);
	}

	@Test
	void firstDelayMayBeTheLongest() {
		Backoff constant = new Backoff(Duration.ofSeconds(7), Duration.ofSeconds(7), 0);
		assertThat(constant.secondsByAttempt(0.5)).containsExactly(7.0);
	}

	@Test
	void widestRangeIsStillAShortTable() {
		Backoff widest = new Backoff(Duration.ofMillis(1), Duration.ofDays(1), 1);
		assertThat(widest.secondsByAttempt(1)).hasSize(28).startsWith(0.002).endsWith(172_800.0);
	}

	@ParameterizedTest
	@CsvSource({ "PT0S,PT10M,0.2,initial-delay", "PT0.0009S,PT10M,0.2,initial-delay",
			"PT1H0.001S,PT2H,0.2,initial-delay", "PT5S,PT4.999S,0.2,max-delay", "PT5S,PT24H0.001S,0.2,max-delay",
			"PT5S,PT10M,-0.1,jitter", "PT5S,PT10M,1.1,jitter", "PT5S,PT10M,NaN,jitter" })
	void badSettingIsRefusedByName(Duration initial, Duration most, double jitter, String name) {
		assertThatIllegalArgumentException().isThrownBy(() -> new Backoff(initial, most, jitter))
			.withMessageStartingWith("jobs.retry." + name);
	}

}
