package io.surveycoder.jobs.job.poll;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
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

	/**
	 * How many of them are read at a time: whoever reads slowly holds no more.
	 */
	static final int PAGE = 500;

	private static final String OF_ORGANIZATION = """
			select id, type, status, processed, total, updated_at from job
			where organization_id = ? and id >= ? and id >= (select job_horizon(?))
			order by id %s limit ?
			""";

	private static final String OF_STATUSES = """
			select one.* from unnest(?::text[]) wanted (status)
			cross join lateral (
			    select id, type, status, processed, total, updated_at from job
			    where organization_id = ? and status = wanted.status and id >= ? and id >= (select job_horizon(?)) %%s
			    order by id %1$s limit ?) one
			order by one.id %1$s limit ?
			""";

	private static final String FIRST = "select min(id) from (%s) job";

	private static final String WITH_SNAPSHOT = """
			select current.snapshot::text as snapshot, job.*
			from (select pg_current_snapshot() as snapshot) current
			left join lateral (%s) job on true
			order by job.id
			""";

	static final String FIRST_OF_ALL = FIRST.formatted(OF_ORGANIZATION.formatted("desc"));

	static final String FIRST_IN_STATUS = FIRST.formatted(OF_STATUSES.formatted("desc").formatted(""));

	static final String FIRST_OF_TYPE = FIRST.formatted(OF_STATUSES.formatted("desc").formatted("and type = ?"));

	static final String PAGE_OF_ALL = WITH_SNAPSHOT.formatted(OF_ORGANIZATION.formatted(""));

	static final String PAGE_IN_STATUS = WITH_SNAPSHOT.formatted(OF_STATUSES.formatted("").formatted(""));

	static final String PAGE_OF_TYPE = WITH_SNAPSHOT.formatted(OF_STATUSES.formatted("").formatted("and type = ?"));

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
	 * The oldest of the newest jobs, as many as were asked for.
	 */
	Listed newest(String organization, Filter filter) {
		String first = filter.choose(FIRST_OF_ALL, FIRST_IN_STATUS, FIRST_OF_TYPE);
		String from = this.jdbc.queryForObject(first, String.class,
				filter.values(organization, "", this.retention, filter.limit));
		return page(organization, filter, (from != null) ? from : "");
	}

	/**
	 * What follows a part of the beginning: the changes of that part since, and the jobs
	 * after it, as they all are at one moment.
	 * @return empty when that is too much
	 */
	Optional<Rest> rest(String organization, Filter filter, Snapshot seen, JobId last) {
		return Objects.requireNonNull(this.inOneSnapshot.execute((_) -> {
			// No id is between.
			Listed jobs = page(organization, filter, last.value() + "0");
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

	private Listed page(String organization, Filter filter, String from) {
		return Objects.requireNonNull(this.jdbc.query(filter.choose(PAGE_OF_ALL, PAGE_IN_STATUS, PAGE_OF_TYPE),
				(ResultSetExtractor<Listed>) (rows) -> listed(rows, organization),
				filter.values(organization, from, this.retention, PAGE)));
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

		// Each by an index that holds what is asked for, so that a stream about little
		// does
		// not begin with a look at everything.
		private String choose(String ofAll, String inStatus, String ofType) {
			return this.type.isPresent() ? ofType : this.status.isPresent() ? inStatus : ofAll;
		}

		private Object[] values(String organization, String from, long retention, int limit) {
			if (this.type.isEmpty() && this.status.isEmpty()) {
				return new Object[] { organization, from, retention, limit };
			}
			String[] statuses = this.status.map(Stream::of)
				.orElseGet(() -> Stream.of(JobStatus.values()))
				.map(JobStatus::wire)
				.toArray(String[]::new);
			return this.type
				.map((one) -> new Object[] { statuses, organization, from, retention, one.wire(), limit, limit })
				.orElseGet(() -> new Object[] { statuses, organization, from, retention, limit, limit });
		}

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

		/**
		 * Whether there may be more after them.
		 */
		boolean isFull() {
			return this.jobs.size() == PAGE;
		}

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
