package io.surveycoder.jobs.job.work;

import io.surveycoder.jobs.job.JobId;

/**
 * What a worker says of a job by the token that holds it, in a call with many.
 */
sealed interface LeasedCall permits Completion, AttemptFailure, ProgressReport {

	JobId id();

	LeaseToken token();

}
