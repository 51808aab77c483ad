package io.surveycoder.jobs.job.poll;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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
import io.surveycoder.jobs.job.SharedCalls;
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

	// The horizon is compared with what was asked for, once; in the column's collation.
	static final String ONE = """
			select type, status, processed, total, updated_at, result, error_code, error_message,
			    extract(epoch from now())::float8
			from job
			where organization_id = ? and id = ? and ?::text collate "C" >= job_horizon(?)
			""";

	// Looked up one by one, with the very partition for each: as a plain join the planner
	// may read all jobs once.
	static final String MANY = """
			select job.*, extract(epoch from now())::float8, asked.place
			from unnest(?::text[], ?::text[]) with ordinality as asked (organization_id, id, place)
			cross join lateral (
			    select type, status, processed, total, updated_at, result, error_code, error_message
			    from job where organization_id = asked.organization_id and id = asked.id limit 1) job
			where asked.id collate "C" >= (select job_horizon(?))
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

	// One that waits for the disk holds up no others.
	private static final int AT_ONCE = 2;

	// Their results are in memory together.
	private static final int MOST = 32;

	// As long as one waits for a connection.
	private static final Duration PATIENCE = Duration.ofSeconds(3);

	private final JdbcTemplate jdbc;

	private final JsonMapper json;

	private final long retention;

	private final SharedCalls<Asked, Optional<FoundJob>> shared = new SharedCalls<>(AT_ONCE, MOST, PATIENCE,
			this::find);

	JobReads(JdbcTemplate jdbc, JsonMapper json, JobRetention retention) {
		this.jdbc = jdbc;
		this.json = json;
		this.retention = retention.millis();
	}

	/**
	 * One job, alone or together with others that are asked for at the same time.
	 * @return null when there is none
	 */
	@Nullable FoundJob one(String organization, JobId id) {
		return this.shared.answer(new Asked(organization, id)).orElse(null);
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

	/**
	 * How many reads wait for their turn; for tests.
	 */
	int waiting() {
		return this.shared.waiting();
	}

	private List<Optional<FoundJob>> find(List<Asked> asked) {
		long before = System.nanoTime();
		return (asked.size() > 1) ? many(asked, before) : List.of(alone(asked.getFirst(), before));
	}

	private Optional<FoundJob> alone(Asked asked, long before) {
		return Objects.requireNonNull(
				this.jdbc.query(ONE, (row) -> row.next() ? Optional.of(found(row, asked.id, before)) : Optional.empty(),
						asked.organization, asked.id.value(), asked.id.value(), this.retention));
	}

	private List<Optional<FoundJob>> many(List<Asked> asked, long before) {
		List<Optional<FoundJob>> found = new ArrayList<>(Collections.nCopies(asked.size(), Optional.empty()));
		this.jdbc.query(MANY, (row) -> {
			int place = row.getInt(10) - 1;
			found.set(place, Optional.of(found(row, asked.get(place).id, before)));
		}, asked.stream().map(Asked::organization).toArray(String[]::new),
				asked.stream().map((one) -> one.id.value()).toArray(String[]::new), this.retention);
		return found;
	}

	private FoundJob found(ResultSet row, JobId id, long before) throws SQLException {
		String status = row.getString(2);
		JobJson json = new JobJson().openOne()
			.job(id.value(), row.getString(1), status, row.getInt(3), row.getInt(4),
					row.getObject(5, OffsetDateTime.class));
		boolean completed = status.equals("completed");
		boolean failed = status.equals("failed");
		JsonBytes<Envelope<JobView>> answer;
		if (completed) {
			answer = json.result(row.getBytes(6));
		}
		else {
			// A job that is tried again may still hold the error of the attempt before,
			// which is not shown.
			answer = failed ? json.error(this.json.writeValueAsString(new JobError(row.getString(7), row.getString(8))))
					: json.nothing();
		}
		long expires = id.createdAt().toEpochMilli() + this.retention;
		long left = (long) ((expires / 1e3 - row.getDouble(9)) * TimeUnit.SECONDS.toNanos(1));
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

	private record Asked(String organization, JobId id) {
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
