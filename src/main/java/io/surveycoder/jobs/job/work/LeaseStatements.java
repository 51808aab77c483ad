package io.surveycoder.jobs.job.work;

import java.util.Optional;

import io.surveycoder.jobs.http.RawJson;
import io.surveycoder.jobs.job.JobError;
import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.JobRetention;
import io.surveycoder.jobs.job.JobView;
import io.surveycoder.jobs.job.JobViewRow;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The state machine: each transition is one statement, guarded by the lease token and the
 * status it leaves. Whatever ran in between, it either happens whole or changes no row
 * (design D4). Every one names the organization, and takes the time from the database.
 */
@Repository
class LeaseStatements {

	private static final JobViewRow view = new JobViewRow();

	private static final String HELD = """
			where organization_id = :organization and id = :id and lease_token = :token and status = 'processing'
			  and id >= job_horizon(:retention)
			""";

	private final JdbcClient jdbc;

	private final QueuePlaces places;

	private final long retention;

	LeaseStatements(JdbcClient jdbc, QueuePlaces places, JobRetention retention) {
		this.jdbc = jdbc;
		this.places = places;
		this.retention = retention.millis();
	}

	/**
	 * Finishes a job with its result. The token stays, so that a repeat is recognised.
	 */
	Optional<JobView> complete(LeaseToken token, JobId id, RawJson result) {
		return held("""
				update job
				set status = 'completed', processed = total, result = :result::json, error_code = null,
				    error_message = null, lease_expires_at = null, updated_at = job_next_update(updated_at)
				""" + HELD + " returning " + JobView.COLUMNS, token, id).param("result", result.text())
			.query(view)
			.optional();
	}

	/**
	 * Ends an attempt with an error: the job is queued again if it may be tried again,
	 * else it has failed. The token stays, so that a repeat is recognised.
	 * @param retry whether another attempt makes sense
	 * @param delays seconds of rest after attempt 1, 2 …; the last holds for all later
	 * @param spread what they are multiplied by
	 */
	Optional<JobView> fail(LeaseToken token, JobId id, JobError error, boolean retry, Double[] delays, double spread) {
		return held("""
				update job
				set status = case when :retry and attempt < max_attempts then 'queued' else 'failed' end,
				    run_at = case when :retry and attempt < max_attempts
				      then now() + (:delays::float8[])[least(attempt, :longest)] * :spread * interval '1 second' end,
				    error_code = :code, error_message = :message, lease_expires_at = null,
				    updated_at = job_next_update(updated_at)
				""" + HELD + " returning " + JobView.COLUMNS, token, id).param("retry", retry)
			.param("delays", delays)
			.param("longest", delays.length)
			.param("spread", spread)
			.param("code", error.code())
			.param("message", error.message())
			.query(view)
			.optional();
	}

	/**
	 * Gives a job back untried: claimable at once, the attempt not counted.
	 */
	Optional<JobView> release(LeaseToken token, JobId id) {
		Optional<JobView> released = held("""
				update job
				set status = 'queued', attempt = attempt - 1, lease_token = null,
				    lease_expires_at = null, updated_at = job_next_update(updated_at)
				""" + HELD + " returning " + JobView.COLUMNS, token, id).query(view).optional();
		this.places.forget();
		return released;
	}

	/**
	 * The job as it stands, for a transition that changed nothing: the one question that
	 * tells a repeat from a stale token.
	 * @param result compared with the stored one, to the character; null: not asked
	 */
	Optional<LeaseStanding> standing(LeaseToken token, JobId id, @Nullable RawJson result) {
		return this.jdbc.sql("""
				select %s, lease_token is not distinct from :token as same_token, attempt, max_attempts,
				       coalesce(result::text = :result, false) as same_result
				from job where organization_id = :organization and id = :id and id >= job_horizon(:retention)
				""".formatted(JobView.COLUMNS))
			.param("organization", token.organizationId())
			.param("id", id.value())
			.param("token", token.secret())
			.param("retention", this.retention)
			.param("result", (result != null) ? result.text() : null)
			.query((row, number) -> new LeaseStanding(view.mapRow(row, number), row.getBoolean("same_token"),
					row.getInt("attempt") >= row.getInt("max_attempts"), row.getBoolean("same_result"),
					row.getString("error_code"), row.getString("error_message")))
			.optional();
	}

	/**
	 * Whether a job of this id is there, in whichever organization. The only statement
	 * here that cannot name one: it is asked for a token that fits no job, and locks
	 * nothing.
	 */
	boolean exists(JobId id) {
		return this.jdbc.sql("select exists (select from job where id = ? and id >= job_horizon(?))")
			.params(id.value(), this.retention)
			.query(Boolean.class)
			.single();
	}

	private JdbcClient.StatementSpec held(String sql, LeaseToken token, JobId id) {
		return this.jdbc.sql(sql)
			.param("organization", token.organizationId())
			.param("id", id.value())
			.param("token", token.secret())
			.param("retention", this.retention);
	}

}
