package io.surveycoder.jobs.job.work;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

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

	private final long retention;

	LeaseStatements(JdbcClient jdbc, JobRetention retention) {
		this.jdbc = jdbc;
		this.retention = retention.millis();
	}

	/**
	 * The next organization after this one, in the order of their ids and round, that has
	 * a job to claim. A plain read: what it finds may be gone when it is claimed.
	 * @param types wire names
	 */
	Optional<String> organizationAfter(String previous, String[] types) {
		return this.jdbc.sql("""
				with claimable as not materialized (
				  select organization_id from job
				  where status = 'queued' and run_at <= now() and type = any (:types) and id >= job_horizon(:retention))
				(select organization_id from claimable where organization_id > :previous order by 1 limit 1)
				union all
				(select organization_id from claimable order by 1 limit 1)
				limit 1
				""")
			.param("types", types)
			.param("retention", this.retention)
			.param("previous", previous)
			.query(String.class)
			.optional();
	}

	/**
	 * Leases jobs of one organization, highest priority first, then oldest.
	 * @param limit at most so many
	 * @return the jobs in that order; none when others were faster
	 */
	List<ClaimedJob> claim(String organization, String worker, String[] types, int limit, int leaseSeconds) {
		UUID[] tokens = Stream.generate(UUID::randomUUID).limit(limit).toArray(UUID[]::new);
		// The ids are picked first, into an array: as a join the planner may turn it
		// round and read the whole history, and "in (select … limit)" may be planned
		// to run more than once and lease more rows than the limit.
		return this.jdbc.sql("""
				with picked as materialized (
				  select array(
				    select id from job
				    where organization_id = :organization and status = 'queued' and run_at <= now()
				      and type = any (:types) and id >= job_horizon(:retention)
				    order by priority desc, id
				    limit :limit
				    for update skip locked) as ids),
				claimed as (
				  update job
				  set status = 'processing', attempt = attempt + 1, worker = :worker, lease_seconds = :lease,
				      lease_expires_at = now() + :lease * interval '1 second',
				      lease_token = (:tokens)[array_position((select ids from picked), id)],
				      updated_at = job_next_update(updated_at)
				  where organization_id = :organization and id = any ((select ids from picked)::text[])
				  returning id, type, attempt, total, priority, payload, metadata, lease_token, lease_expires_at)
				select * from claimed order by priority desc, id
				""")
			.param("organization", organization)
			.param("types", types)
			.param("retention", this.retention)
			.param("limit", limit)
			.param("worker", worker)
			.param("lease", leaseSeconds)
			.param("tokens", tokens)
			.query((row, _) -> new ClaimedJob(row.getString("id"), row.getString("type"), organization,
					row.getInt("attempt"), row.getInt("total"), json(row.getString("payload")),
					json(row.getString("metadata")),
					new LeaseToken(organization, row.getObject("lease_token", UUID.class)).wire(),
					instant(row, "lease_expires_at")))
			.list();
	}

	/**
	 * Records progress and renews the lease.
	 * @param total the new total; null: as it was
	 * @param leaseSeconds the new length of the lease; null: as it was
	 * @return when the lease ends now; empty when nothing was changed
	 */
	Optional<Instant> progress(LeaseToken token, JobId id, int processed, @Nullable Integer total,
			@Nullable Integer leaseSeconds) {
		return held("""
				update job
				set processed = :processed, total = coalesce(:total::int, total),
				    lease_seconds = coalesce(:lease::smallint, lease_seconds),
				    lease_expires_at = now() + coalesce(:lease::smallint, lease_seconds) * interval '1 second',
				    updated_at = job_next_update(updated_at)
				""" + HELD + " and :processed <= coalesce(:total::int, total) returning lease_expires_at", token, id)
			.param("processed", processed)
			.param("total", total)
			.param("lease", leaseSeconds)
			.query((row, _) -> instant(row, "lease_expires_at"))
			.optional();
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
	 */
	Optional<JobView> fail(LeaseToken token, JobId id, JobError error, boolean retry, Double[] delays) {
		return held("""
				update job
				set status = case when :retry and attempt < max_attempts then 'queued' else 'failed' end,
				    run_at = now() + (:delays::float8[])[least(attempt, :longest)] * interval '1 second',
				    error_code = :code, error_message = :message, lease_expires_at = null,
				    updated_at = job_next_update(updated_at)
				""" + HELD + " returning " + JobView.COLUMNS, token, id).param("retry", retry)
			.param("delays", delays)
			.param("longest", delays.length)
			.param("code", error.code())
			.param("message", error.message())
			.query(view)
			.optional();
	}

	/**
	 * Gives a job back untried: claimable at once, the attempt not counted.
	 */
	Optional<JobView> release(LeaseToken token, JobId id) {
		return held("""
				update job
				set status = 'queued', attempt = attempt - 1, run_at = now(), lease_token = null,
				    lease_expires_at = null, updated_at = job_next_update(updated_at)
				""" + HELD + " returning " + JobView.COLUMNS, token, id).query(view).optional();
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

	private static RawJson json(@Nullable String text) {
		return (text != null) ? new RawJson(text) : RawJson.EMPTY;
	}

	private static Instant instant(ResultSet row, String column) throws SQLException {
		return row.getObject(column, OffsetDateTime.class).toInstant();
	}

}
