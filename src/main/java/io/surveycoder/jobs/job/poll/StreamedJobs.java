package io.surveycoder.jobs.job.poll;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

import io.surveycoder.jobs.job.ChangeLog;
import io.surveycoder.jobs.job.ChangeLog.Changes;
import io.surveycoder.jobs.job.JobChange;
import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.JobRetention;
import io.surveycoder.jobs.job.JobStatus;
import io.surveycoder.jobs.job.JobType;
import io.surveycoder.jobs.job.Snapshot;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.ResultSetExtractor;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What the stream of an organization's jobs begins with.
 */
@Repository
class StreamedJobs {

	/**
	 * How many jobs a stream begins with at most.
	 */
	static final int MOST = 10_000;

	private static final String WITH_SNAPSHOT = """
			select current.snapshot::text as snapshot, job.*
			from (select pg_current_snapshot() as snapshot) current
			left join lateral (%s) job on true
			order by job.id desc
			""";

	static final String NEWEST = WITH_SNAPSHOT.formatted("""
			select id, type, status, processed, total, updated_at from job
			where organization_id = ? and id > ? and id >= (select job_horizon(?))
			order by id desc limit ?
			""");

	private static final String OF_STATUSES = WITH_SNAPSHOT.formatted("""
			select one.* from unnest(?::text[]) wanted (status)
			cross join lateral (
			    select id, type, status, processed, total, updated_at from job
			    where organization_id = ? and status = wanted.status and id > ? and id >= (select job_horizon(?)) %s
			    order by id desc limit ?) one
			order by one.id desc limit ?
			""");

	static final String NEWEST_IN_STATUS = OF_STATUSES.formatted("");

	static final String NEWEST_OF_TYPE = OF_STATUSES.formatted("and type = ?");

	private final JdbcTemplate jdbc;

	private final ChangeLog changes;

	private final TransactionTemplate inOneSnapshot;

	private final long retention;

	StreamedJobs(JdbcTemplate jdbc, ChangeLog changes, PlatformTransactionManager transactions,
			JobRetention retention) {
		this.jdbc = jdbc;
		this.changes = changes;
		this.inOneSnapshot = new TransactionTemplate(transactions);
		this.inOneSnapshot.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
		this.inOneSnapshot.setReadOnly(true);
		this.retention = retention.millis();
	}

	/**
	 * The newest jobs, oldest first.
	 */
	Listed newest(String organization, Filter filter) {
		return list(organization, "", filter, filter.limit);
	}

	/**
	 * What follows a beginning of which a client has got only a part: the changes of that
	 * part since, and the jobs after it, as they all are at one moment.
	 * @return empty when that is too much
	 */
	Optional<Rest> rest(String organization, Filter filter, Snapshot seen, JobId last) {
		return Objects.requireNonNull(this.inOneSnapshot.execute((_) -> {
			Listed jobs = list(organization, last.value(), filter, MOST);
			Changes changes = this.changes.ofOrganization(organization, seen, null);
			return changes.found()
				.map((found) -> new Rest(
						found.stream().filter((change) -> change.id().compareTo(last.value()) <= 0).toList(), jobs));
		}));
	}

	/**
	 * Below which id jobs are gone by now.
	 */
	String horizon() {
		return Objects.requireNonNull(this.jdbc.queryForObject("select job_horizon(?)", String.class, this.retention));
	}

	// Each by an index that holds what is asked for, so that a stream about little does
	// not
	// begin with a look at everything.
	private Listed list(String organization, String after, Filter filter, int limit) {
		if (filter.status.isEmpty() && filter.type.isEmpty()) {
			return query(organization, NEWEST, organization, after, this.retention, limit);
		}
		String[] statuses = filter.status.map(Stream::of)
			.orElseGet(() -> Stream.of(JobStatus.values()))
			.map(JobStatus::wire)
			.toArray(String[]::new);
		return filter.type
			.map((type) -> query(organization, NEWEST_OF_TYPE, statuses, organization, after, this.retention,
					type.wire(), limit, limit))
			.orElseGet(() -> query(organization, NEWEST_IN_STATUS, statuses, organization, after, this.retention, limit,
					limit));
	}

	private Listed query(String organization, String sql, Object... values) {
		return Objects.requireNonNull(
				this.jdbc.query(sql, (ResultSetExtractor<Listed>) (rows) -> listed(rows, organization), values));
	}

	private static Listed listed(ResultSet rows, String organization) throws SQLException {
		Snapshot seen = null;
		List<JobChange> jobs = new ArrayList<>();
		while (rows.next()) {
			if (seen == null) {
				seen = Snapshot.parse(rows.getString("snapshot"));
			}
			if (rows.getString("id") != null) {
				jobs.add(new JobChange(0, rows.getObject("updated_at", OffsetDateTime.class).toInstant().toEpochMilli(),
						organization, rows.getString("id"), rows.getString("type"), rows.getString("status"),
						rows.getInt("processed"), rows.getInt("total")));
			}
		}
		Collections.reverse(jobs);
		return new Listed(Objects.requireNonNull(seen), jobs);
	}

	/**
	 * Which jobs a stream is about.
	 *
	 * @param status events show only jobs in this status; empty: in any
	 * @param type only jobs of this type; empty: of any
	 * @param limit how many it begins with at most
	 */
	record Filter(Optional<JobStatus> status, Optional<JobType> type, int limit) {

		boolean shows(JobChange job) {
			return this.status.map((one) -> one.wire().equals(job.status())).orElse(true)
					&& this.type.map((one) -> one.wire().equals(job.type())).orElse(true);
		}

	}

	/**
	 * Jobs as they were.
	 *
	 * @param seen at this moment
	 * @param jobs oldest first
	 */
	record Listed(Snapshot seen, List<JobChange> jobs) {
	}

	/**
	 * The rest of a beginning.
	 *
	 * @param changes of the jobs that the client has
	 * @param jobs that it has not
	 */
	record Rest(List<JobChange> changes, Listed jobs) {
	}

}
