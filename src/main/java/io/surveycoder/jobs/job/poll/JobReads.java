package io.surveycoder.jobs.job.poll;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.concurrent.TimeUnit;

import io.surveycoder.jobs.http.Envelope;
import io.surveycoder.jobs.http.JsonBytes;
import io.surveycoder.jobs.http.ListEnvelope;
import io.surveycoder.jobs.job.JobError;
import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.JobRetention;
import io.surveycoder.jobs.job.JobStatus;
import io.surveycoder.jobs.job.JobSummary;
import io.surveycoder.jobs.job.JobView;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * What clients read, from the database straight into the answer. Each is one statement
 * without a transaction, names the organization first (the primary key begins with it)
 * and the horizon, so that an expired job is gone whether or not its partition is.
 */
@Component
class JobReads {

	static final String ONE = """
			select type, status, processed, total, updated_at, result, error_code, error_message,
			    extract(epoch from now())::float8 as now
			from job
			where organization_id = ? and id = ? and id >= job_horizon(?)
			""";

	static final String NEWEST = """
			select id, type, status, processed, total, updated_at
			from job
			where organization_id = ? and id >= job_horizon(?)
			order by id desc limit ?
			""";

	static final String NEWEST_IN_STATUS = """
			select id, type, status, processed, total, updated_at
			from job
			where organization_id = ? and status = ? and id >= job_horizon(?)
			order by id desc limit ?
			""";

	private final JdbcTemplate jdbc;

	private final JsonMapper json;

	private final long retention;

	JobReads(JdbcTemplate jdbc, JsonMapper json, JobRetention retention) {
		this.jdbc = jdbc;
		this.json = json;
		this.retention = retention.millis();
	}

	/**
	 * One job.
	 * @return null when there is none
	 */
	@Nullable FoundJob one(String organization, JobId id) {
		long before = System.nanoTime();
		return this.jdbc.query(ONE, (row) -> row.next() ? found(row, id, before) : null, organization, id.value(),
				this.retention);
	}

	/**
	 * The newest jobs.
	 * @param status only these; null: all
	 * @param limit at most so many
	 */
	JsonBytes<ListEnvelope<JobSummary>> newest(String organization, @Nullable JobStatus status, int limit) {
		return (status != null)
				? this.jdbc.query(NEWEST_IN_STATUS, JobReads::list, organization, status.wire(), this.retention, limit)
				: this.jdbc.query(NEWEST, JobReads::list, organization, this.retention, limit);
	}

	private FoundJob found(ResultSet row, JobId id, long before) throws SQLException {
		String status = row.getString("status");
		JobJson json = new JobJson().openOne()
			.job(id.value(), row.getString("type"), status, row.getInt("processed"), row.getInt("total"),
					row.getObject("updated_at", OffsetDateTime.class));
		boolean completed = status.equals("completed");
		boolean failed = status.equals("failed");
		JsonBytes<Envelope<JobView>> answer;
		if (completed) {
			answer = json.result(row.getBytes("result"));
		}
		else {
			// A job that is tried again may still hold the error of the attempt before,
			// which is not shown.
			answer = failed
					? json.error(this.json
						.writeValueAsString(new JobError(row.getString("error_code"), row.getString("error_message"))))
					: json.nothing();
		}
		long expires = id.createdAt().toEpochMilli() + this.retention;
		long left = (long) ((expires / 1e3 - row.getDouble("now")) * TimeUnit.SECONDS.toNanos(1));
		// From before the statement: rather too early than too late.
		return new FoundJob(answer, completed || failed, before + left);
	}

	private static JsonBytes<ListEnvelope<JobSummary>> list(ResultSet rows) throws SQLException {
		JobJson json = new JobJson().openList();
		int count = 0;
		while (rows.next()) {
			json.next(count++)
				.job(rows.getString(1), rows.getString(2), rows.getString(3), rows.getInt(4), rows.getInt(5),
						rows.getObject(6, OffsetDateTime.class))
				.closeJob();
		}
		return json.closeList(count);
	}

	/**
	 * A job as it was read.
	 *
	 * @param answer what its client gets
	 * @param isFinal whether that can never change
	 * @param expiresAtNanos when it is gone, on this process's {@link System#nanoTime()}:
	 * the database said what time it was, so no two clocks are compared
	 */
	record FoundJob(JsonBytes<Envelope<JobView>> answer, boolean isFinal, long expiresAtNanos) {
	}

}
