package io.surveycoder.jobs.job.work;

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

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Records progress of any number of jobs and renews their leases.
 */
@Repository
class ProgressStatements {

	static final String PROGRESS = BatchStatements.entries("processed int", "total int", "seconds smallint") + """
			update job
			set processed = entry.processed, total = coalesce(entry.total, job.total),
			    lease_seconds = coalesce(entry.seconds, lease_seconds),
			    lease_expires_at = now() + coalesce(entry.seconds, lease_seconds) * interval '1 second',
			    updated_at = job_next_update(updated_at)
			from entry
			""" + BatchStatements.HELD + """
			  and entry.processed <= coalesce(entry.total, job.total)
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
	 * @return when each lease ends now, in their order; empty for those that changed
	 * nothing
	 */
	List<Optional<Instant>> record(List<ProgressReport> reports) {
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
			Deadlocks.survive(() -> update(together))
				.forEach((updated) -> ends.set(now.get(updated.place), Optional.of(updated.leaseEnd)));
			left = later;
		}
		return ends;
	}

	private List<Updated> update(List<ProgressReport> reports) {
		return this.jdbc.sql(PROGRESS)
			.param("organizations", column(reports, String.class, (one) -> one.token().organizationId()))
			.param("ids", column(reports, String.class, (one) -> one.id().value()))
			.param("tokens", column(reports, UUID.class, (one) -> one.token().secret()))
			.param("processed", column(reports, Integer.class, ProgressReport::processed))
			.param("total", column(reports, Integer.class, ProgressReport::total))
			.param("seconds", column(reports, Integer.class, ProgressReport::leaseSeconds))
			.param("retention", this.retention)
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
