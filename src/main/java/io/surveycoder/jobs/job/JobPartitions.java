package io.surveycoder.jobs.job;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * The partitions of {@code job}: each holds the jobs created in a span of time. They
 * never overlap, whatever width was set when each was made, because a new one reaches
 * only to the next that is there. Its advisory lock lets one instance at a time change
 * them; it ends with the transaction, so a pooler between us and PostgreSQL does no harm.
 */
@Component
public class JobPartitions {

	// Any number will do that no other user of the database locks.
	private static final long LOCK = 0x6a6f62735f70L;

	private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("'job_'uuuuMMdd_HHmm")
		.withZone(ZoneOffset.UTC);

	private final JdbcClient jdbc;

	private final Duration width;

	JobPartitions(JdbcClient jdbc, JobRetention settings) {
		this.jdbc = jdbc;
		this.width = settings.partitionWidth();
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
		List<Partition> present = list();
		List<String> made = new ArrayList<>();
		for (Partition missing : missing(present, now, now.plus(ahead), this.width)) {
			create(missing);
			made.add(missing.name);
		}
		return made;
	}

	/**
	 * Drops the oldest partition that lies wholly before the horizon.
	 * @param age how long jobs live
	 * @return whether there was one; ask again until there is none
	 */
	@Transactional
	public boolean dropOldest(Duration age) {
		if (!this.jdbc.sql("select pg_try_advisory_xact_lock(?)").param(LOCK).query(Boolean.class).single()) {
			return false;
		}
		Instant horizon = now().minus(age);
		Partition oldest = list().stream()
			.filter((partition) -> !partition.to.isAfter(horizon))
			.findFirst()
			.orElse(null);
		if (oldest == null) {
			return false;
		}
		// Readers queue behind a waiting exclusive lock: give up soon and come again.
		this.jdbc.sql("set local lock_timeout = '50ms'").update();
		this.jdbc.sql("drop table " + oldest.name).update();
		return true;
	}

	/**
	 * All partitions, oldest first.
	 */
	public List<Partition> list() {
		return this.jdbc
			.sql("""
					select name, bound[1] as from_id, bound[2] as to_id
					from (select i.inhrelid::regclass::text as name,
					             regexp_match(pg_get_expr(c.relpartbound, c.oid), $$\\('(\\w+)'\\) TO \\('(\\w+)'\\)$$) as bound
					      from pg_inherits i
					      join pg_class c on c.oid = i.inhrelid
					      where i.inhparent = 'job'::regclass) partition
					order by from_id
					""")
			.query((row, _) -> new Partition(row.getString("name"), JobId.createdAt(row.getString("from_id")),
					JobId.createdAt(row.getString("to_id"))))
			.list();
	}

	static List<Partition> missing(List<Partition> present, Instant since, Instant until, Duration width) {
		List<Partition> missing = new ArrayList<>();
		Instant at = since;
		while (!at.isAfter(until)) {
			Instant instant = at;
			Partition holder = present.stream()
				.filter((partition) -> partition.holds(instant))
				.findFirst()
				.orElse(null);
			if (holder == null) {
				holder = gapAt(present, at, width);
				missing.add(holder);
			}
			at = holder.to;
		}
		return missing;
	}

	private static Partition gapAt(List<Partition> present, Instant at, Duration width) {
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
		return new Partition(NAME.format(start), start, after.isBefore(to) ? after : to);
	}

	// Attached and not created in place: that would lock readers and writers of all jobs
	// out while it waits for a running transaction.
	private void create(Partition partition) {
		this.jdbc.sql("create table %s (like job including all)".formatted(partition.name)).update();
		this.jdbc
			.sql("alter table job attach partition %s for values from ('%s') to ('%s')".formatted(partition.name,
					JobId.startOf(partition.from), JobId.startOf(partition.to)))
			.update();
	}

	private Instant now() {
		return this.jdbc.sql("select now()").query(OffsetDateTime.class).single().toInstant();
	}

	/**
	 * One partition.
	 *
	 * @param name of the table
	 * @param from the first creation instant that it holds
	 * @param to the first that it does not hold any more
	 */
	public record Partition(String name, Instant from, Instant to) {

		boolean holds(Instant instant) {
			return !instant.isBefore(this.from) && instant.isBefore(this.to);
		}

	}

}
