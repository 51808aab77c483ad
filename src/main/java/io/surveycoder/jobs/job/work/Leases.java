package io.surveycoder.jobs.job.work;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

import io.surveycoder.jobs.http.ApiException;
import io.surveycoder.jobs.http.ErrorCode;
import io.surveycoder.jobs.http.RawJson;
import io.surveycoder.jobs.job.JobError;
import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.JobView;
import io.surveycoder.jobs.job.JobsQueued;
import io.surveycoder.jobs.job.SharedCalls;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Service;

/**
 * What became of leased jobs: at most one outcome of each is ever accepted.
 */
@Service
class Leases {

	private static final int SHARED_AT_ONCE = 2;

	private static final int SHARED_MOST = 100;

	private final LeaseStatements statements;

	// Progress is what workers report most. What comes together shares a statement and a
	// commit, which cost more than the change of a row.
	private final SharedCalls<ProgressReport, Optional<Optional<Instant>>> progress;

	private final ProgressStatements reports;

	private final Backoff backoff;

	private final ApplicationEventPublisher events;

	Leases(LeaseStatements statements, ProgressStatements reports, Backoff backoff, ApplicationEventPublisher events) {
		this.statements = statements;
		this.reports = reports;
		this.progress = new SharedCalls<>(SHARED_AT_ONCE, SHARED_MOST, this::recordTogether);
		this.backoff = backoff;
		this.events = events;
	}

	/**
	 * Records progress and renews the lease.
	 * @return when the lease ends now
	 * @throws ApiException 422 when {@code processed} is past the total, 404, 409
	 */
	Instant progress(JobId id, String token, int processed, @Nullable Integer total, @Nullable Integer leaseSeconds) {
		LeaseToken lease = lease(id, token);
		ProgressReport report = new ProgressReport(id, lease, processed, total, leaseSeconds);
		Optional<Instant> end = this.progress.answer(report)
			.orElseGet(() -> this.reports.record(List.of(report), ProgressStatements.ALONE).getFirst());
		return end.orElseThrow(() -> {
			if (standing(lease, id, null).isHeld()) {
				throw ApiException.invalid("processed must be at most total");
			}
			return stale();
		});
	}

	// Nothing where somebody holds one of the jobs: each waits for itself then, and keeps
	// nobody else from being recorded.
	private List<Optional<Optional<Instant>>> recordTogether(List<ProgressReport> together) {
		try {
			return this.reports.record(together, ProgressStatements.SHARED).stream().map(Optional::of).toList();
		}
		catch (DataAccessException ex) {
			if (!ProgressStatements.isTimeout(ex)) {
				throw ex;
			}
			return Collections.nCopies(together.size(), Optional.empty());
		}
	}

	/**
	 * Finishes a job with its result; repeating the very same call gives the same answer.
	 * @throws ApiException 404, 409
	 */
	JobView complete(JobId id, String token, RawJson result) {
		LeaseToken lease = lease(id, token);
		return this.statements.complete(lease, id, result).orElseGet(() -> {
			LeaseStanding standing = standing(lease, id, result);
			if (standing.isRepeatedCompletion()) {
				return standing.job();
			}
			throw stale();
		});
	}

	/**
	 * Ends an attempt with an error; repeating the very same call gives the same answer.
	 * @throws ApiException 404, 409
	 */
	JobView fail(JobId id, String token, JobError error, boolean retry) {
		LeaseToken lease = lease(id, token);
		double spread = this.backoff.spread(ThreadLocalRandom.current().nextDouble());
		return this.statements.fail(lease, id, error, retry, this.backoff.secondsByAttempt(), spread).orElseGet(() -> {
			LeaseStanding standing = standing(lease, id, null);
			if (standing.isRepeatedFailure(error, retry)) {
				return standing.job();
			}
			throw stale();
		});
	}

	/**
	 * Gives a job back untried.
	 * @throws ApiException 404, 409
	 */
	JobView release(JobId id, String token) {
		LeaseToken lease = lease(id, token);
		JobView job = this.statements.release(lease, id).orElseThrow(() -> {
			standing(lease, id, null);
			return stale();
		});
		this.events.publishEvent(new JobsQueued(job.type(), 1));
		return job;
	}

	private LeaseToken lease(JobId id, String token) {
		return LeaseToken.parse(token).orElseThrow(() -> staleOrUnknown(id));
	}

	private LeaseStanding standing(LeaseToken lease, JobId id, @Nullable RawJson result) {
		return this.statements.standing(lease, id, result).orElseThrow(() -> staleOrUnknown(id));
	}

	private ApiException staleOrUnknown(JobId id) {
		return this.statements.exists(id) ? stale() : ApiException.notFound("Job");
	}

	static ApiException stale() {
		return new ApiException(ErrorCode.INVALID_STATE,
				"lease_token does not hold this job: it was finished, queued again or claimed anew; drop it and "
						+ "claim the next");
	}

}
