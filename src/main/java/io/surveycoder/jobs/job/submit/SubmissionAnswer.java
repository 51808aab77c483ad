package io.surveycoder.jobs.job.submit;

import io.surveycoder.jobs.http.RawJson;

/**
 * What a submit with an {@code Idempotency-Key} is answered, the first time and each time
 * after.
 *
 * @param status of HTTP
 * @param body the envelope, to the byte
 * @param firstJobId of the jobs that it is about
 * @param replayed whether it is not the first time
 */
record SubmissionAnswer(int status, RawJson body, String firstJobId, boolean replayed) {
}
