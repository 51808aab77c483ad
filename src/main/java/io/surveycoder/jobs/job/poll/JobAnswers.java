package io.surveycoder.jobs.job.poll;

import io.surveycoder.jobs.http.ApiException;
import io.surveycoder.jobs.http.Envelope;
import io.surveycoder.jobs.http.JsonBytes;
import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.JobView;
import io.surveycoder.jobs.job.poll.JobReads.FoundJob;

import org.springframework.stereotype.Component;

/**
 * Single jobs from wherever they are known: memory, a file, or the database.
 */
@Component
class JobAnswers {

	private final JobReads jobs;

	private final FinishedJobs finished;

	private final LargeResults large;

	JobAnswers(JobReads jobs, FinishedJobs finished, LargeResults large) {
		this.jobs = jobs;
		this.finished = finished;
		this.large = large;
	}

	/**
	 * A job as it is now; without a statement and without a look at any file where it is
	 * known to be finished.
	 * @throws ApiException {@code NOT_FOUND}
	 */
	FoundJob find(String organization, JobId id) {
		FoundJob found = this.finished.get(organization, id);
		if (found == null) {
			found = this.large.known(organization, id);
		}
		if (found == null) {
			found = this.jobs.one(organization, id);
			if (found == null) {
				throw ApiException.notFound("Job");
			}
			this.finished.offer(organization, id, found);
		}
		return found;
	}

	/**
	 * The whole answer about a job that was found.
	 * @throws ApiException {@code NOT_FOUND} when it expired meanwhile
	 */
	JsonBytes<Envelope<JobView>> body(String organization, JobId id, FoundJob found) {
		return found.isLarge() ? this.large.read(organization, id, found) : found.answer();
	}

}
