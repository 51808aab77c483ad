package io.surveycoder.jobs.job.work;

import io.surveycoder.jobs.http.ApiException;
import io.surveycoder.jobs.job.JobError;
import org.jspecify.annotations.Nullable;

/**
 * What became of one entry of a batch.
 *
 * @param status the job's, as it is spelled on the wire; absent when it was refused
 * @param error why it was refused; absent when it was not
 */
record Verdict(@Nullable String status, @Nullable JobError error) {

	static Verdict accepted(String status) {
		return new Verdict(status, null);
	}

	static Verdict refused(ApiException why) {
		return new Verdict(null, new JobError(why.code().name(), why.text()));
	}

}
