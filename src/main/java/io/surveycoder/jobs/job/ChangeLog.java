package io.surveycoder.jobs.job;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

import io.surveycoder.jobs.job.ChangeDemand.Moment;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.ResultSetExtractor;
import org.springframework.stereotype.Repository;

/**
 * Reads what happened to jobs from the log that the database writes (docs/adr/0022) while
 * somebody asks for it (docs/adr/0023). The changes of one read are ordered by their
 * time, and those of one job always as they happened.
 */
@Repository
public class ChangeLog {

	/**
	 * How many changes one read finds at most. Whoever has missed more is better off with
	 * the jobs as they are now.
	 */
	public static final int MOST = 10_000;

	// Each client that comes again has its own; many may come at once.
	private static final int MOST_OF_ORGANIZATION = 2_000;

	private static final String COLUMNS = "xact, updated_at, organization_id, id, type, status, processed, total";

	// By the transaction ids that the snapshot did not see and by nothing else: a
	// transaction that runs for hours costs a look at its own id. Limited in the order of
	// the index, or a plan for any ids would read the whole log.
	static final String SINCE = """
			select current.snapshot::text as snapshot, %2$s as complete_from, %3$s as must_ask, %1$s
			from (select pg_current_snapshot() as snapshot) current
			left join lateral (
			    (select %1$s from job_change
			     where xact >= ?::xid8 and xact < pg_snapshot_xmax(current.snapshot)
			     order by xact limit ?)
			    union all
			    (select %1$s from job_change where xact = any (?::xid8[]) order by xact limit ?)) change
			  on pg_visible_in_snapshot(xact, current.snapshot)
			order by updated_at, id
			""".formatted(COLUMNS, ChangeDemand.COMPLETE_FROM, ChangeDemand.MUST_ASK);

	static final String SINCE_OF_ORGANIZATION = """
			select current.snapshot::text as snapshot, %2$s as complete_from, %3$s as must_ask, %1$s
			from (select coalesce(?::pg_snapshot, pg_current_snapshot()) as snapshot) current
			left join lateral (
			    (select %1$s from job_change
			     where xact >= ?::xid8 and xact < pg_snapshot_xmax(current.snapshot) and organization_id = ?
			     order by xact limit ?)
			    union all
			    (select %1$s from job_change
			     where xact = any (?::xid8[]) and organization_id = ? order by xact limit ?)) change
			  on pg_visible_in_snapshot(xact, current.snapshot)
			order by updated_at, id
			""".formatted(COLUMNS, ChangeDemand.COMPLETE_FROM, ChangeDemand.MUST_ASK);

	static final String OF_JOB = """
			select %s from job_change
			where id = ? and organization_id = ? and updated_at > ?
			order by updated_at desc limit ?
			""".formatted(COLUMNS);

	private final JdbcTemplate jdbc;

	private final ChangeDemand demand;

	ChangeLog(JdbcTemplate jdbc, ChangeDemand demand) {
		this.jdbc = jdbc;
		this.demand = demand;
	}

	/**
	 * All changes since this moment, if they are not more than 10,000.
	 */
	Changes since(Snapshot from) {
		Read read = read(from, MOST, SINCE, bound(from.xmax()), MOST + 1, ids(from), MOST + 1);
		if (read.mustAsk) {
			this.demand.ask();
		}
		return read.changes;
	}

	/**
	 * The changes of an organization's jobs, if they are not more than 2,000. Somebody
	 * must follow meanwhile.
	 * @param from what is visible in it is left out
	 * @param to what is not visible in it is left out; null: up to now
	 */
	public Changes ofOrganization(String organization, Snapshot from, @Nullable Snapshot to) {
		return read(from, MOST_OF_ORGANIZATION, SINCE_OF_ORGANIZATION, (to != null) ? to.toString() : null,
				bound(from.xmax()), organization, MOST_OF_ORGANIZATION + 1, ids(from), organization,
				MOST_OF_ORGANIZATION + 1).changes;
	}

	/**
	 * The newest changes of one job, as they happened; without those that were made while
	 * nobody asked for the log.
	 * @param version only later ones
	 */
	public List<JobChange> ofJob(String organization, JobId id, long version) {
		return this.jdbc
			.query(OF_JOB, (row, _) -> change(row), id.value(), organization,
					Instant.ofEpochMilli(version).atOffset(ZoneOffset.UTC), MOST)
			.reversed();
	}

	private Read read(Snapshot from, int most, String sql, @Nullable Object... values) {
		return Objects
			.requireNonNull(this.jdbc.query(sql, (ResultSetExtractor<Read>) (rows) -> read(from, most, rows), values));
	}

	private static Read read(Snapshot from, int most, ResultSet rows) throws SQLException {
		List<JobChange> changes = new ArrayList<>();
		rows.next();
		Moment to = Moment.read(rows);
		do {
			if (rows.getString("id") != null) {
				changes.add(change(rows));
			}
		}
		while (rows.next());
		boolean found = to.hasAllSince(from) && changes.size() <= most;
		return new Read(new Changes(to.snapshot(), found ? Optional.of(changes) : Optional.empty()), to.mustAsk());
	}

	private static JobChange change(ResultSet row) throws SQLException {
		return new JobChange(Long.parseLong(row.getString("xact")),
				row.getObject("updated_at", OffsetDateTime.class).toInstant().toEpochMilli(),
				row.getString("organization_id"), row.getString("id"), row.getString("type"), row.getString("status"),
				row.getInt("processed"), row.getInt("total"));
	}

	private static String bound(long xact) {
		return Long.toString(xact);
	}

	private static String[] ids(Snapshot from) {
		return from.running().stream().map(String::valueOf).toArray(String[]::new);
	}

	/**
	 * What was read.
	 *
	 * @param to the moment up to which it goes
	 * @param found the changes; empty when there are too many, or some may have been made
	 * while nobody asked for the log
	 */
	public record Changes(Snapshot to, Optional<List<JobChange>> found) {
	}

	private record Read(Changes changes, boolean mustAsk) {
	}

}
