package io.surveycoder.jobs.job;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Which transactions of the database had ended at some moment, as
 * {@code pg_current_snapshot()} says it. What one snapshot does not see and a later one
 * does was committed in between, in whatever order the transactions had begun.
 *
 * @param xmax one past the highest id of a transaction that had ended; greater ones may
 * have been running
 * @param running the ids below it that had not ended, ascending
 */
public record Snapshot(long xmax, List<Long> running) {

	public Snapshot {
		running = List.copyOf(running);
	}

	/**
	 * From {@code xmin:xmax:running,…}, as PostgreSQL writes it.
	 */
	public static Snapshot parse(String text) {
		String[] parts = text.split(":", -1);
		return new Snapshot(Long.parseLong(parts[1]), parts[2].isEmpty() ? Collections.emptyList()
				: Arrays.stream(parts[2].split(",")).map(Long::valueOf).toList());
	}

	/**
	 * Whether what this transaction did is visible in it.
	 */
	public boolean sees(long xact) {
		return xact < this.xmax && Collections.binarySearch(this.running, xact) < 0;
	}

	/**
	 * As PostgreSQL reads it.
	 */
	@Override
	public String toString() {
		long xmin = this.running.isEmpty() ? this.xmax : this.running.getFirst();
		return xmin + ":" + this.xmax + ":"
				+ this.running.stream().map(String::valueOf).collect(Collectors.joining(","));
	}

}
