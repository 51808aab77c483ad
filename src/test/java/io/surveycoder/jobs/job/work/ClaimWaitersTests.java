package io.surveycoder.jobs.job.work;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.surveycoder.jobs.job.JobsQueued;
import io.surveycoder.jobs.job.work.ClaimWaiters.Waiter;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ClaimWaitersTests {

	private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

	private final ClaimWaiters waiters = new ClaimWaiters(this.meters);

	@Test
	void firstForATypeTriesAtOnceAndThoseBehindWait() throws InterruptedException {
		assertThat(called(join(1, "one_call"))).isTrue();
		assertThat(called(join(1, "one_call"))).isFalse();
		assertThat(called(join(1, "one_call", "auto_coding"))).isTrue();
		assertThat(called(join(1, "auto_coding"))).isFalse();
	}

	@Test
	void asManyAreCalledAsThereAreJobsForFirstComeFirstServed() throws InterruptedException {
		Waiter first = joined(2, "one_call");
		Waiter other = joined(1, "auto_coding");
		Waiter second = joined(1, "auto_coding", "one_call");
		Waiter third = joined(1, "one_call");
		this.waiters.on(new JobsQueued("one_call", 3));
		assertThat(List.of(called(first), called(second), called(third), called(other))).containsExactly(true, true,
				false, false);
	}

	@Test
	void whoWasCalledIsPassedOverUntilItHasTried() throws InterruptedException {
		Waiter first = joined(1, "one_call");
		Waiter second = joined(1, "one_call");
		this.waiters.call("one_call", 1);
		this.waiters.call("one_call", 1);
		assertThat(called(second)).isTrue();
		assertThat(called(first)).isTrue();
		this.waiters.call("one_call", 1);
		assertThat(called(first)).as("kept its place").isTrue();
	}

	@Test
	void callThatWasNotUsedIsHandedOn() throws InterruptedException {
		Waiter first = joined(1, "one_call");
		Waiter second = joined(1, "one_call");
		this.waiters.call("one_call", 1);
		this.waiters.leave(first);
		assertThat(called(second)).isTrue();
		this.waiters.leave(second);
		assertThat(this.waiters.size()).isZero();
	}

	@Test
	void everybodyIsCalledInTheEnd() throws InterruptedException {
		Waiter first = joined(1, "one_call");
		Waiter second = joined(1, "auto_coding");
		this.waiters.callAll();
		assertThat(called(first) && called(second)).isTrue();
	}

	@Test
	void wantedIsWhatTheWaitersCouldTake() throws InterruptedException {
		assertThat(this.waiters.wanted()).isEmpty();
		joined(2, "one_call");
		Waiter two = joined(100, "auto_coding", "one_call");
		assertThat(this.waiters.wanted()).isEqualTo(Map.of("one_call", 102, "auto_coding", 100));
		assertThat(this.meters.get("jobs.claims.waiting").gauge().value()).isEqualTo(2);
		this.waiters.leave(two);
		assertThat(this.waiters.wanted()).isEqualTo(Map.of("one_call", 2));
	}

	private Waiter join(int limit, String... types) {
		return this.waiters.join(new Claim("test", List.of(types), limit, 60));
	}

	// Past its first try.
	private Waiter joined(int limit, String... types) throws InterruptedException {
		Waiter waiter = join(limit, types);
		called(waiter);
		return waiter;
	}

	private static boolean called(Waiter waiter) throws InterruptedException {
		return waiter.await(Duration.ZERO);
	}

}
