package io.surveycoder.jobs.job.work;

import io.surveycoder.jobs.job.JobId;
import org.jspecify.annotations.Nullable;

/**
 * How far a job is, by the token that holds it.
 *
 * @param processed items done
 * @param total items there are; null: as before
 * @param leaseSeconds the lease's length from now; null: as before
 */
record ProgressReport(JobId id, LeaseToken token, int processed, @Nullable Integer total,
		@Nullable Integer leaseSeconds) implements LeasedCall {
}
