package io.surveycoder.jobs.job.work;

import io.surveycoder.jobs.job.JobError;
import io.surveycoder.jobs.job.JobStatus;
import io.surveycoder.jobs.job.JobView;
import org.jspecify.annotations.Nullable;

/**
 * How a job stands towards a worker's call that changed nothing.
 *
 * @param job as clients see it
 * @param sameToken whether the call's token was the last to hold it
 * @param lastAttempt whether no attempt is left
 * @param sameResult whether the call's result is the stored one
 * @param errorCode of the last attempt that failed
 * @param errorMessage of the last attempt that failed
 */
record LeaseStanding(JobView job, boolean sameToken, boolean lastAttempt, boolean sameResult,
		@Nullable String errorCode, @Nullable String errorMessage) {

	/**
	 * Whether the lease holds, so that the call was refused for another reason.
	 */
	boolean isHeld() {
		return this.sameToken && is(JobStatus.PROCESSING);
	}

	/**
	 * Whether this very {@code complete} was accepted before.
	 */
	boolean isRepeatedCompletion() {
		return this.sameToken && is(JobStatus.COMPLETED) && this.sameResult;
	}

	/**
	 * Whether this very {@code fail} was accepted before, and led where it would lead.
	 */
	boolean isRepeatedFailure(JobError error, boolean retry) {
		boolean sameError = error.code().equals(this.errorCode) && error.message().equals(this.errorMessage);
		return this.sameToken && sameError
				&& ((retry && is(JobStatus.QUEUED)) || (is(JobStatus.FAILED) && (this.lastAttempt || !retry)));
	}

	private boolean is(JobStatus status) {
		return status.wire().equals(this.job.status());
	}

}
