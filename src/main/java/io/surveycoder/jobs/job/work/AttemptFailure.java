package io.surveycoder.jobs.job.work;

import io.surveycoder.jobs.job.JobError;
import io.surveycoder.jobs.job.JobId;

/**
 * An attempt to be ended with an error, by the token that holds the job.
 *
 * @param retry whether another attempt makes sense
 * @param spread what the job's rest is multiplied by
 */
record AttemptFailure(JobId id, LeaseToken token, JobError error, boolean retry, double spread) implements LeasedCall {
}
