package io.surveycoder.jobs.webhook;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How often a delivery is tried: at once, then after 5 s, 30 s and 5 min, each from the
 * end of the one before (contract §5).
 */
final class Attempts {

	/**
	 * How many there are.
	 */
	static final int MOST = 4;

	/**
	 * What each may take, from its beginning to the end of the answer.
	 */
	static final Duration TIME_OUT = Duration.ofSeconds(10);

	private static final List<Duration> DELAYS = List.of(Duration.ofSeconds(5), Duration.ofSeconds(30),
			Duration.ofMinutes(5));

	private Attempts() {
	}

	/**
	 * How long after this attempt the next one comes; empty after the last.
	 * @param attempt that failed, from 1
	 */
	static Optional<Duration> delayAfter(int attempt) {
		return (attempt <= DELAYS.size()) ? Optional.of(DELAYS.get(attempt - 1)) : Optional.empty();
	}

}
