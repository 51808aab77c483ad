package io.surveycoder.jobs.job;

import java.util.Locale;
import java.util.Optional;

/**
 * Where a job stands in its life (contract §1).
 */
public enum JobStatus {

	/**
	 * Waits for a worker. Entered by a submit, by a failure with attempts left, by a
	 * release and by a lease that ran out; left by a claim or a cancellation.
	 */
	QUEUED,
	/**
	 * A worker holds a lease on it. Entered by a claim; left by completion, failure,
	 * release, the lease's end or a cancellation.
	 */
	PROCESSING,
	/**
	 * Done, with a result. Entered by completion; never left.
	 */
	COMPLETED,
	/**
	 * Given up, with an error. Entered by a failure or a lease's end with no attempt
	 * left, and by a cancellation; never left.
	 */
	FAILED;

	/**
	 * The status as it is spelled in JSON and in the database.
	 */
	public String wire() {
		return name().toLowerCase(Locale.ROOT);
	}

	/**
	 * The status of this spelling, case-sensitive; empty when it is none.
	 */
	public static Optional<JobStatus> parse(String wire) {
		for (JobStatus status : values()) {
			if (status.wire().equals(wire)) {
				return Optional.of(status);
			}
		}
		return Optional.empty();
	}

}
