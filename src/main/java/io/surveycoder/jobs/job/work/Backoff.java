package io.surveycoder.jobs.job.work;

import java.time.Duration;
import java.util.stream.DoubleStream;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long a job rests after a failed attempt: {@code initialDelay · 2^(attempt-1)}, at
 * most {@code maxDelay}, spread by {@code jitter} to either side so that jobs that failed
 * together do not come back together (contract §2, fail).
 *
 * @param initialDelay after the first attempt, 1 ms to 1 hour
 * @param maxDelay before the jitter, from {@code initialDelay} to 24 hours
 * @param jitter the share by which a delay may be longer or shorter, 0 to 1
 */
@ConfigurationProperties("jobs.retry")
record Backoff(@DefaultValue("5s") Duration initialDelay, @DefaultValue("10m") Duration maxDelay,
		@DefaultValue("0.2") double jitter) {

	Backoff {
		if (initialDelay.toMillis() < 1 || initialDelay.compareTo(Duration.ofHours(1)) > 0) {
			throw new IllegalArgumentException(
					"jobs.retry.initial-delay must be between 1ms and 1h, not " + initialDelay);
		}
		if (maxDelay.compareTo(initialDelay) < 0 || maxDelay.compareTo(Duration.ofDays(1)) > 0) {
			throw new IllegalArgumentException(
					"jobs.retry.max-delay must be between jobs.retry.initial-delay and 24h, not " + maxDelay);
		}
		if (!(jitter >= 0 && jitter <= 1)) {
			throw new IllegalArgumentException("jobs.retry.jitter must be between 0 and 1, not " + jitter);
		}
	}

	/**
	 * The delays after attempt 1, 2, 3 … up to the first that is the longest; it holds
	 * for all later ones. In seconds and before the jitter, for a statement that alone
	 * knows the attempt.
	 */
	Double[] secondsByAttempt() {
		double longest = this.maxDelay.toMillis() / 1e3;
		return DoubleStream
			.concat(DoubleStream.iterate(this.initialDelay.toMillis() / 1e3, (delay) -> delay < longest,
					(delay) -> delay * 2), DoubleStream.of(longest))
			.boxed()
			.toArray(Double[]::new);
	}

	/**
	 * What a delay is multiplied by.
	 * @param random from 0 to 1: where in the jitter's span to land
	 */
	double spread(double random) {
		return 1 + this.jitter * (2 * random - 1);
	}

}
