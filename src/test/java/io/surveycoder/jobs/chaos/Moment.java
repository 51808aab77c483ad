package io.surveycoder.jobs.chaos;

import java.time.Instant;

/**
 * A line's place in the log. Of two moments the one with the greater order is the later,
 * whichever clients they belong to.
 *
 * @param at the machine's clock, which is the database's too
 */
record Moment(long order, Instant at) {

	boolean isAfter(Moment other) {
		return this.order > other.order;
	}

	@Override
	public String toString() {
		return "#" + this.order + " " + this.at;
	}

}
