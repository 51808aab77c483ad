package io.surveycoder.jobs.job;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * The partitions of {@code job}, and of {@code idempotency_key} beside it: each holds the
 * jobs created in a span of time. They never overlap, whatever width was set when each
 * was made, because a new one reaches only to the next that is there. An advisory lock
 * lets one instance at a time change them; it ends with the transaction, so a pooler
 * between us and PostgreSQL does no harm.
 */
@Component
public class JobPartitions {

	// Any number will do that no other user of the database locks.
	private static final long LOCK = 0x6a6f62735f70L;

	private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("uuuuMMdd_HHmm").withZone(ZoneOffset.UTC);

	private final JdbcClient jdbc;

	private final JobRetention settings;

	JobPartitions(JdbcClient jdbc, JobRetention settings) {
		this.jdbc = jdbc;
		this.settings = settings;
	}

	/**
	 * Makes the partitions that hold jobs created from now until so much later, where
	 * they are missing.
	 * @param ahead how far to reach beyond the present partition
	 * @return the names of those made
	 */
	@Transactional
	public List<String> ensure(Duration ahead) {
		// Whoever waits longer is better off trying again than holding up what comes
		// after.
		this.jdbc.sql("set local lock_timeout = '2s'").update();
		this.jdbc.sql("select pg_advisory_xact_lock(?)").param(LOCK).query((_, _) -> true).single();
		Instant now = now();
		List<String> made = new ArrayList<>();
		for (Table table : Table.values()) {
			for (Partition missing : missing(table, list(table), now, now.plus(ahead),
					this.settings.partitionWidth())) {
				create(table, missing);
				made.add(missing.name);
			}
		}
		return made;
	}

	/**
	 * Drops the oldest partition that holds nothing any more that must be kept.
	 * @return its name; ask again until there is none
	 */
	@Transactional
	public Optional<String> dropOldest() {
		if (!this.jdbc.sql("select pg_try_advisory_xact_lock(?)").param(LOCK).query(Boolean.class).single()) {
			return Optional.empty();
		}
		Instant now = now();
		Optional<Partition> oldest = Stream.of(Table.values())
			.flatMap((table) -> list(table).stream()
				.filter((partition) -> !partition.to.isAfter(now.minus(table.lifetime(this.settings)))))
			.findFirst();
		oldest.ifPresent((partition) -> {
			// Readers queue behind a waiting exclusive lock: give up soon and come again.
			this.jdbc.sql("set local lock_timeout = '50ms'").update();
			this.jdbc.sql("drop table " + partition.name).update();
		});
		return oldest.map(Partition::name);
	}

	/**
	 * All partitions of a table, oldest first.
	 */
	public List<Partition> list(Table table) {
		return this.jdbc
			.sql("""
					select name, bound[1] as from_id, bound[2] as to_id
					from (select i.inhrelid::regclass::text as name,
					             regexp_match(pg_get_expr(c.relpartbound, c.oid), $$\\('(\\w+)'\\) TO \\('(\\w+)'\\)$$) as bound
					      from pg_inherits i
					      join pg_class c on c.oid = i.inhrelid
					      where i.inhparent = ?::regclass) partition
					order by from_id
					""")
			.param(table.sqlName())
			.query((row, _) -> new Partition(row.getString("name"), JobId.createdAt(row.getString("from_id")),
					JobId.createdAt(row.getString("to_id"))))
			.list();
	}

	static List<Partition> missing(Table table, List<Partition> present, Instant since, Instant until, Duration width) {
		List<Partition> missing = new ArrayList<>();
		Instant at = since;
		while (!at.isAfter(until)) {
			Instant instant = at;
			Partition holder = present.stream()
				.filter((partition) -> partition.holds(instant))
				.findFirst()
				.orElse(null);
			if (holder == null) {
				holder = gapAt(table, present, at, width);
				missing.add(holder);
			}
			at = holder.to;
		}
		return missing;
	}

	private static Partition gapAt(Table table, List<Partition> present, Instant at, Duration width) {
		Instant from = Instant.ofEpochMilli(Math.floorDiv(at.toEpochMilli(), width.toMillis()) * width.toMillis());
		Instant to = from.plus(width);
		Instant before = present.stream()
			.map(Partition::to)
			.filter((end) -> !end.isAfter(at))
			.max(Comparator.naturalOrder())
			.orElse(Instant.MIN);
		Instant after = present.stream()
			.map(Partition::from)
			.filter((start) -> start.isAfter(at))
			.min(Comparator.naturalOrder())
			.orElse(Instant.MAX);
		Instant start = before.isAfter(from) ? before : from;
		return new Partition(table.sqlName() + "_" + NAME.format(start), start, after.isBefore(to) ? after : to);
	}

	// Attached and not created in place: that would lock readers and writers of all jobs
	// out while it waits for a running transaction.
	private void create(Table table, Partition missing) {
		this.jdbc.sql("create table %s (like %s including all)".formatted(missing.name, table.sqlName())).update();
		this.jdbc
			.sql("alter table %s attach partition %s for values from ('%s') to ('%s')".formatted(table.sqlName(),
					missing.name, JobId.startOf(missing.from), JobId.startOf(missing.to)))
			.update();
	}

	private Instant now() {
		return this.jdbc.sql("select now()").query(OffsetDateTime.class).single().toInstant();
	}

	/**
	 * What is partitioned, by the id of a job.
	 */
	public enum Table {

		JOB, IDEMPOTENCY_KEY;

		String sqlName() {
			return name().toLowerCase(Locale.ROOT);
		}

		private Duration lifetime(JobRetention settings) {
			return switch (this) {
				case JOB -> settings.retention();
				case IDEMPOTENCY_KEY -> JobRetention.IDEMPOTENCY;
			};
		}

	}

	/**
	 * One partition.
	 *
	 * @param name of the table that it is
	 * @param from the first creation instant that it holds
	 * @param to the first that it does not hold any more
	 */
	public record Partition(String name, Instant from, Instant to) {

		boolean holds(Instant instant) {
			return !instant.isBefore(this.from) && instant.isBefore(this.to);
		}

	}

}
