package io.surveycoder.jobs.job;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * The partitions of {@code job}, and of {@code job_change} and {@code idempotency_key}
 * beside it: each holds the jobs created in a span of time. They never overlap, whatever
 * width was set when each was made, because a new one reaches only to the next that is
 * there. An advisory lock lets one instance at a time change them; it ends with the
 * transaction, so a pooler between us and PostgreSQL does no harm.
 */
@Component
public class JobPartitions {

	private static final Logger log = LoggerFactory.getLogger(JobPartitions.class);

	// Any number will do that no other user of the database locks.
	private static final long LOCK = 0x6a6f62735f70L;

	// Clocks that are kept by NTP do not differ so much.
	private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(1);

	private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("uuuuMMdd_HHmm").withZone(ZoneOffset.UTC);

	private final JdbcClient jdbc;

	private final JobRetention settings;

	private final InstantSource ownClock;

	@Autowired
	JobPartitions(JdbcClient jdbc, JobRetention settings) {
		this(jdbc, settings, InstantSource.system());
	}

	JobPartitions(JdbcClient jdbc, JobRetention settings, InstantSource ownClock) {
		this.jdbc = jdbc;
		this.settings = settings;
		this.ownClock = ownClock;
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
	 * Drops the oldest partition that holds nothing any more that must be kept, by the
	 * database's clock and by this instance's own: a clock that is wrong hides jobs, and
	 * must not destroy them.
	 * @return its name; ask again until there is none
	 */
	@Transactional
	public Optional<String> dropOldest() {
		if (!this.jdbc.sql("select pg_try_advisory_xact_lock(?)").param(LOCK).query(Boolean.class).single()) {
			return Optional.empty();
		}
		Instant now = now();
		Instant own = this.ownClock.instant();
		for (Table table : Table.values()) {
			for (Partition partition : list(table)) {
				Instant due = partition.to.plus(table.lifetime(this.settings));
				if (!due.isAfter(now) && !due.isAfter(own)) {
					drop(table, partition);
					return Optional.of(partition.name);
				}
				if (!due.isAfter(now) && Duration.between(own, now).compareTo(CLOCKS_DIFFER) > 0) {
					log.warn(
							"{} is not dropped: it expired by the database's clock, {}, but not by this instance's, {}",
							partition.name, now, own);
					return Optional.empty();
				}
			}
		}
		return Optional.empty();
	}

	// Readers and writers queue behind whoever waits for an exclusive lock, so this gives
	// up soon. When it holds the whole table, only a vacuum can still hold the partition,
	// and is not waited for at all. All in one round trip.
	private void drop(Table table, Partition partition) {
		this.jdbc.sql("""
				set local lock_timeout = '30ms';
				lock table only %1$s in access exclusive mode;
				lock table only %2$s in access exclusive mode nowait;
				drop table %2$s
				""".formatted(table.sqlName(), partition.name)).update();
	}

	/**
	 * How the partitions of a table stand, by the database's clock.
	 */
	public Standing standing(Table table) {
		List<Partition> partitions = list(table);
		Duration lifetime = table.lifetime(this.settings);
		return this.jdbc.sql("""
				select now() as now, coalesce(sum(pg_total_relation_size(inhrelid)), 0) as bytes
				from pg_inherits where inhparent = ?::regclass
				""").param(table.sqlName()).query((row, _) -> {
			Instant now = row.getObject("now", OffsetDateTime.class).toInstant();
			Instant covered = now;
			for (Partition partition : partitions) {
				covered = partition.holds(covered) ? partition.to : covered;
			}
			Duration lag = partitions.isEmpty() ? lifetime.negated()
					: Duration.between(partitions.getFirst().to.plus(lifetime), now);
			return new Standing(partitions.size(), row.getLong("bytes"), Duration.between(now, covered), lag);
		}).single();
	}

	/**
	 * All partitions of a table, oldest first. One that is dropped meanwhile is not among
	 * them.
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
					where bound is not null
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

		JOB, JOB_CHANGE, IDEMPOTENCY_KEY;

		public String sqlName() {
			return name().toLowerCase(Locale.ROOT);
		}

		private Duration lifetime(JobRetention settings) {
			return switch (this) {
				case JOB, JOB_CHANGE -> settings.retention();
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

	/**
	 * How the partitions of a table stand.
	 *
	 * @param count how many there are
	 * @param bytes their size on disk, with indexes and large values
	 * @param ahead from now until the first instant that none holds
	 * @param lag since when the oldest is to be dropped; negative: so much later
	 */
	public record Standing(int count, long bytes, Duration ahead, Duration lag) {
	}

}
