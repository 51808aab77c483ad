package io.surveycoder.jobs.job.work;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;

import io.surveycoder.jobs.http.ApiException;
import io.surveycoder.jobs.http.ErrorCode;
import io.surveycoder.jobs.http.RawJson;
import io.surveycoder.jobs.job.JobError;
import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.JobView;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Gives leases on jobs to workers and takes back what became of them. A job has at most
 * one lease at a time, and at most one outcome is ever accepted.
 */
@Service
class Leases {

	private final LeaseStatements statements;

	private final Backoff backoff;

	// Where the turn of organizations stands, for all claims of this instance. Instances
	// turn on their own: each is fair, so all are.
	private final AtomicReference<String> lastServed = new AtomicReference<>("");

	Leases(LeaseStatements statements, Backoff backoff) {
		this.statements = statements;
		this.backoff = backoff;
	}

	/**
	 * Leases jobs, one organization after the other in fair turn until there are enough:
	 * a new organization's first job never waits behind another's backlog.
	 * @return at most {@code limit}; none when there is nothing to do
	 */
	@Transactional
	public List<ClaimedJob> claim(String worker, String[] types, int limit, int leaseSeconds) {
		List<ClaimedJob> claimed = new ArrayList<>();
		Set<String> asked = new HashSet<>();
		String organization = this.lastServed.get();
		while (claimed.size() < limit) {
			organization = this.statements.organizationAfter(organization, types).orElse(null);
			if (organization == null || !asked.add(organization)) {
				break;
			}
			this.lastServed.set(organization);
			claimed.addAll(this.statements.claim(organization, worker, types, limit - claimed.size(), leaseSeconds));
		}
		return claimed;
	}

	/**
	 * Records progress and renews the lease.
	 * @return when the lease ends now
	 * @throws ApiException 422 when {@code processed} is past the total, 404, 409
	 */
	Instant progress(JobId id, String token, int processed, @Nullable Integer total, @Nullable Integer leaseSeconds) {
		LeaseToken lease = lease(id, token);
		return this.statements.progress(lease, id, processed, total, leaseSeconds).orElseThrow(() -> {
			if (standing(lease, id, null).isHeld()) {
				throw ApiException.invalid("processed must be at most total");
			}
			return stale();
		});
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
		Double[] delays = this.backoff.secondsByAttempt(ThreadLocalRandom.current().nextDouble());
		return this.statements.fail(lease, id, error, retry, delays).orElseGet(() -> {
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
		return this.statements.release(lease, id).orElseThrow(() -> {
			standing(lease, id, null);
			return stale();
		});
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

	private static ApiException stale() {
		return new ApiException(ErrorCode.INVALID_STATE,
				"lease_token does not hold this job: it was finished, queued again or claimed anew; drop it and "
						+ "claim the next");
	}

}
