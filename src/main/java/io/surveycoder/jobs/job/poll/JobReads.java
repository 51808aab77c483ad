package io.surveycoder.jobs.job.poll;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import io.surveycoder.jobs.http.Envelope;
import io.surveycoder.jobs.http.JsonBytes;
import io.surveycoder.jobs.job.JobError;
import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.JobRetention;
import io.surveycoder.jobs.job.JobView;
import io.surveycoder.jobs.job.SharedCalls;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Single jobs as clients read them, from the database straight into the answer. A read is
 * one statement, or a part of one, without a transaction; it names the organization first
 * (the primary key begins with it) and the horizon, so that an expired job is gone
 * whether or not its partition is.
 */
@Component
class JobReads {

	/**
	 * Leaves out a result of more than 256 KiB: {@link LargeResults} reads that. The size
	 * as it is stored says so for most without looking at them; what is compressed may be
	 * larger than that says.
	 */
	private static final String COLUMNS = """
			type, status, processed, total, updated_at, error_code, error_message, extract(epoch from now())::float8,
			    case when pg_column_size(result) <= 1024
			           or (pg_column_size(result) <= 262144 and octet_length(result::text) <= 262144)
			         then result end
			""";

	// The horizon is compared with what was asked for, once; in the column's collation.
	static final String ONE = "select " + COLUMNS + """
			from job
			where organization_id = ? and id = ? and ?::text collate "C" >= job_horizon(?)
			""";

	// Looked up one by one, with the very partition for each: as a plain join the planner
	// may read all jobs once.
	static final String MANY = """
			select job.*, asked.place
			from unnest(?::text[], ?::text[]) with ordinality as asked (organization_id, id, place)
			cross join lateral (
			    select
			""" + COLUMNS + """
			    from job where organization_id = asked.organization_id and id = asked.id limit 1) job
			where asked.id collate "C" >= (select job_horizon(?))
			""";

	// One that waits for the disk holds up no others.
	private static final int AT_ONCE = 2;

	// Their results are in memory together.
	private static final int MOST = 32;

	private final JdbcTemplate jdbc;

	private final JsonMapper json;

	private final long retention;

	private final SharedCalls<Asked, Optional<FoundJob>> shared = new SharedCalls<>(AT_ONCE, MOST, this::find);

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
		OffsetDateTime updatedAt = row.getObject(5, OffsetDateTime.class);
		long version = updatedAt.toInstant().toEpochMilli();
		int processed = row.getInt(3);
		int total = row.getInt(4);
		JobJson json = new JobJson().openOne().job(id.value(), row.getString(1), status, processed, total, updatedAt);
		long created = JobId.createdAtMillis(id.value());
		double now = row.getDouble(8);
		long left = (long) (((created + this.retention) / 1e3 - now) * TimeUnit.SECONDS.toNanos(1));
		// From before the statement: rather too early than too late.
		long expiresAtNanos = before + left;
		if (status.equals("completed")) {
			byte[] result = row.getBytes(9);
			return (result != null) ? FoundJob.finished(json.result(result), version, expiresAtNanos)
					: FoundJob.large(json.beforeResult(), version, expiresAtNanos);
		}
		if (status.equals("failed")) {
			JobError error = new JobError(row.getString(6), row.getString(7));
			return FoundJob.finished(json.error(this.json.writeValueAsString(error)), version, expiresAtNanos);
		}
		// One that is tried again may still hold the error of the attempt before, which
		// is
		// not shown.
		Pace pace = new Pace(processed, total, created, version, (long) (now * 1e3));
		return new FoundJob(json.nothing(), version, false, pace.retryAfterSeconds(), expiresAtNanos, null);
	}

	private record Asked(String organization, JobId id) {
	}

	/**
	 * A job as it was read.
	 *
	 * @param answer what its client gets; of a large one it only begins so
	 * @param version its {@code updated_at} in milliseconds since 1970: another with
	 * every change
	 * @param isFinal whether it is finished and can never change
	 * @param retryAfterSeconds when its client does well to ask again, 1 to 30; 0 when it
	 * is finished
	 * @param expiresAtNanos when it is gone, on this process's {@link System#nanoTime()}:
	 * the database said what time it was, so no two clocks are compared
	 * @param beforeResult what the answer begins with where the result is too large to be
	 * read with the rest; null for all others
	 */
	record FoundJob(JsonBytes<Envelope<JobView>> answer, long version, boolean isFinal, int retryAfterSeconds,
			long expiresAtNanos, byte @Nullable [] beforeResult) {

		static FoundJob finished(JsonBytes<Envelope<JobView>> answer, long version, long expiresAtNanos) {
			return new FoundJob(answer, version, true, 0, expiresAtNanos, null);
		}

		static FoundJob large(byte[] beforeResult, long version, long expiresAtNanos) {
			return new FoundJob(new JsonBytes<>(beforeResult), version, true, 0, expiresAtNanos, beforeResult);
		}

		/**
		 * Whether the result is still to be read.
		 */
		boolean isLarge() {
			return this.beforeResult != null;
		}

	}

}
