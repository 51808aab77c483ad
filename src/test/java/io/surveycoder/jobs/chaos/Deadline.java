package io.surveycoder.jobs.chaos;

import java.time.Duration;

/**
 * When the whole run must be over, however slow the machine.
 */
record Deadline(long nanos) {

	static Deadline in(Duration time) {
		return new Deadline(System.nanoTime() + time.toNanos());
	}

	Duration left() {
		return Duration.ofNanos(Math.max(1, this.nanos - System.nanoTime()));
	}

	boolean isPast() {
		return System.nanoTime() - this.nanos > 0;
	}

}
