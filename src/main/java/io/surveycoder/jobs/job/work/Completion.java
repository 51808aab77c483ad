package io.surveycoder.jobs.job.work;

import io.surveycoder.jobs.http.RawJson;
import io.surveycoder.jobs.job.JobId;

/**
 * A job to be finished with its result, by the token that holds it.
 */
record Completion(JobId id, LeaseToken token, RawJson result) implements LeasedCall {
}
