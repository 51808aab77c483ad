package io.surveycoder.jobs.ratelimit;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.Set;

import io.github.bucket4j.ConsumptionProbe;
import io.surveycoder.jobs.access.Caller;
import io.surveycoder.jobs.access.Scope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class RateLimiterTests {

	private final RateLimiter limiter = new RateLimiter(new RateLimiter.Settings(60));

	@ParameterizedTest
	@CsvSource({ "org_1, , 60", "org_1, 5, 5", "org_1, 0, ", ", , ", ", 5, 5", ", 0, " })
	void limitIsTheKeysOwnElseThatOfItsKind(String organization, Integer own, Integer limit) {
		Caller caller = new Caller("key_1", organization, Set.of(Scope.READ), own);
		assertThat(this.limiter.limitOf(caller))
			.isEqualTo((limit != null) ? OptionalInt.of(limit) : OptionalInt.empty());
	}

	@Test
	void defaultOfZeroIsNoLimit() {
		Caller caller = new Caller("key_1", "org_1", Set.of(Scope.READ), null);
		assertThat(new RateLimiter(new RateLimiter.Settings(0)).limitOf(caller)).isEmpty();
	}

	@Test
	void wholeBudgetPassesInABurstAndTheNextWaitsForItsToken() {
		for (int left = 2; left >= 0; left--) {
			ConsumptionProbe probe = this.limiter.take("key_1", 3);
			assertThat(probe.isConsumed()).isTrue();
			assertThat(probe.getRemainingTokens()).isEqualTo(left);
		}
		ConsumptionProbe refused = this.limiter.take("key_1", 3);
		assertThat(refused.isConsumed()).isFalse();
		assertThat(Duration.ofNanos(refused.getNanosToWaitForRefill())).isBetween(Duration.ofSeconds(10),
				Duration.ofSeconds(20));
		assertThat(Duration.ofNanos(refused.getNanosToWaitForReset())).isBetween(Duration.ofSeconds(50),
				Duration.ofSeconds(60));
	}

	@Test
	void refusalCostsNothing() {
		this.limiter.take("key_1", 1);
		long first = this.limiter.take("key_1", 1).getNanosToWaitForRefill();
		for (int i = 0; i < 100; i++) {
			assertThat(this.limiter.take("key_1", 1).getNanosToWaitForRefill()).isLessThanOrEqualTo(first);
		}
	}

	@Test
	void keysHaveBudgetsOfTheirOwn() {
		this.limiter.take("key_1", 1);
		assertThat(this.limiter.take("key_1", 1).isConsumed()).isFalse();
		assertThat(this.limiter.take("key_2", 1).isConsumed()).isTrue();
	}

}
