package io.surveycoder.jobs.job.work;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.IntStream;

import io.surveycoder.jobs.job.JobRetention;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Records progress of any number of jobs and renews their leases.
 */
@Repository
class ProgressStatements {

	/**
	 * How long reports that share a statement wait for a row that somebody else has
	 * locked.
	 */
	static final Duration SHARED = Duration.ofMillis(100);

	/**
	 * As long as it takes.
	 */
	static final Duration ALONE = Duration.ZERO;

	// The time-out is set before the first row is looked for: what names no row is asked
	// once.
	static final String PROGRESS = BatchStatements.entries("processed int", "total int", "seconds smallint") + """
			update job
			set processed = entry.processed, total = coalesce(entry.total, job.total),
			    lease_seconds = coalesce(entry.seconds, lease_seconds),
			    lease_expires_at = now() + coalesce(entry.seconds, lease_seconds) * interval '1 second',
			    updated_at = job_next_update(updated_at)
			from entry
			""" + BatchStatements.HELD + """
			  and entry.processed <= coalesce(entry.total, job.total)
			  and (select set_config('lock_timeout', :patience, true)) is not null
			returning entry.position, lease_expires_at
			""";

	private final JdbcClient jdbc;

	private final long retention;

	ProgressStatements(JdbcClient jdbc, JobRetention retention) {
		this.jdbc = jdbc;
		this.retention = retention.millis();
	}

	/**
	 * Records what these report, each for itself, in one statement. Where several report
	 * of one job, the later ones come in a statement of their own, so that each counts
	 * and the last one stays.
	 * @param patience how long to wait for a lock; 0: without limit
	 * @throws DataAccessException also when that was not enough ({@link #isTimeout});
	 * some may have been recorded
	 * @return when each lease ends now, in their order; empty for those that changed
	 * nothing
	 */
	List<Optional<Instant>> record(List<ProgressReport> reports, Duration patience) {
		List<Optional<Instant>> ends = new ArrayList<>(Collections.nCopies(reports.size(), Optional.empty()));
		List<Integer> left = IntStream.range(0, reports.size()).boxed().toList();
		while (!left.isEmpty()) {
			Set<String> jobs = new HashSet<>();
			List<Integer> now = new ArrayList<>();
			List<Integer> later = new ArrayList<>();
			left.forEach((place) -> (jobs.add(reports.get(place).id().value()) ? now : later).add(place));
			// Rows are locked in the order that batches keep.
			now.sort((one, other) -> Batch.BY_JOB.compare(reports.get(one), reports.get(other)));
			List<ProgressReport> together = now.stream().map(reports::get).toList();
			Deadlocks.survive(() -> update(together, patience))
				.forEach((updated) -> ends.set(now.get(updated.place), Optional.of(updated.leaseEnd)));
			left = later;
		}
		return ends;
	}

	/**
	 * Whether somebody has held a row for longer than was to be waited.
	 */
	static boolean isTimeout(DataAccessException ex) {
		return ex.getMostSpecificCause() instanceof SQLException cause && "55P03".equals(cause.getSQLState());
	}

	private List<Updated> update(List<ProgressReport> reports, Duration patience) {
		return this.jdbc.sql(PROGRESS)
			.param("organizations", column(reports, String.class, (one) -> one.token().organizationId()))
			.param("ids", column(reports, String.class, (one) -> one.id().value()))
			.param("tokens", column(reports, UUID.class, (one) -> one.token().secret()))
			.param("processed", column(reports, Integer.class, ProgressReport::processed))
			.param("total", column(reports, Integer.class, ProgressReport::total))
			.param("seconds", column(reports, Integer.class, ProgressReport::leaseSeconds))
			.param("retention", this.retention)
			.param("patience", String.valueOf(patience.toMillis()))
			.query((row, _) -> new Updated(row.getInt("position") - 1,
					row.getObject("lease_expires_at", OffsetDateTime.class).toInstant()))
			.list();
	}

	private static <V> Object column(List<ProgressReport> reports, Class<V> type,
			Function<ProgressReport, @Nullable V> value) {
		return reports.stream()
			.map(value)
			.toArray((length) -> (Object[]) java.lang.reflect.Array.newInstance(type, length));
	}

	private record Updated(int place, Instant leaseEnd) {
	}

}
