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
		assertThat(this.standard.secondsByAttempt()).containsExactly(5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 320.0, 600.0);
	}

	@Test
	void jitterReachesEquallyToEitherSide() {
		assertThat(this.standard.spread(0)).isEqualTo(0.8);
		assertThat(this.standard.spread(0.5)).isOne();
		assertThat(this.standard.spread(1)).isEqualTo(1.2);
	}

	@Test
	void withoutJitterChanceChangesNothing() {
		Backoff exact = new Backoff(Duration.ofMillis(1500), Duration.ofSeconds(3), 0);
		assertThat(exact.spread(0)).isEqualTo(exact.spread(1)).isOne();
		assertThat(exact.secondsByAttempt()).containsExactly(1.5, 3.0);
	}

	@Test
	void firstDelayMayBeTheLongest() {
		Backoff constant = new Backoff(Duration.ofSeconds(7), Duration.ofSeconds(7), 0);
		assertThat(constant.secondsByAttempt()).containsExactly(7.0);
	}

	@Test
	void widestRangeIsStillAShortTable() {
		Backoff widest = new Backoff(Duration.ofMillis(1), Duration.ofDays(1), 1);
		assertThat(widest.secondsByAttempt()).hasSize(28).startsWith(0.001).endsWith(86_400.0);
		assertThat(widest.spread(0)).isZero();
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
