package io.surveycoder.jobs.testing;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.JobPartitions;
import io.surveycoder.jobs.job.JobPartitions.Partition;
import io.surveycoder.jobs.job.JobPartitions.Table;

import org.springframework.boot.test.context.TestComponent;
import org.springframework.context.annotation.Lazy;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Rows of {@code job}, written and read past the service: of any age, in any state.
 */
@TestComponent
@Lazy
public class JobRows {

	private final JdbcClient jdbc;

	private final JobPartitions partitions;

	public JobRows(JdbcClient jdbc, JobPartitions partitions) {
		this.jdbc = jdbc;
		this.partitions = partitions;
	}

	/**
	 * The id of an organization that no other test has.
	 */
	public static String organization() {
		return "org_" + hex(12);
	}

	/**
	 * Writes a job created just now, queued unless the columns say otherwise.
	 * @param columns names and SQL expressions in turn
	 */
	public JobId insert(String organization, String... columns) {
		return insertAged(organization, "0", columns);
	}

	/**
	 * Writes a job created so long ago.
	 * @param age an SQL interval of at most 30 hours
	 * @param columns names and SQL expressions in turn
	 */
	public JobId insertAged(String organization, String age, String... columns) {
		String id = this.jdbc.sql("select job_id_at(now() - ?::interval) || ?")
			.params(age, hex(6))
			.query(String.class)
			.single();
		makePartitionsFor(new JobId(id).createdAt());
		insert(organization, "'" + id + "'", 1, columns);
		return new JobId(id);
	}

	/**
	 * Writes jobs created just now.
	 * @param columns names and SQL expressions in turn; {@code n} counts from 1
	 */
	public void insertMany(String organization, int count, String... columns) {
		makePartitionsFor(Instant.now());
		insert(organization, "job_id_at(now()) || '" + hex(3) + "' || lpad(to_hex(n), 6, '0')", count, columns);
	}

	private void insert(String organization, String id, int count, String... columns) {
		Map<String, String> row = new LinkedHashMap<>();
		row.put("organization_id", "'" + organization + "'");
		row.put("id", id);
		row.put("type", "'auto_coding'");
		row.put("total", "0");
		row.put("priority", "0");
		row.put("max_attempts", "3");
		row.put("updated_at", "date_trunc('milliseconds', now())");
		for (int i = 0; i < columns.length; i += 2) {
			row.put(columns[i], columns[i + 1]);
		}
		this.jdbc
			.sql("insert into job (%s) select %s from generate_series(1, %d) n"
				.formatted(String.join(", ", row.keySet()), String.join(", ", row.values()), count))
			.update();
	}

	/**
	 * Writes into a job.
	 * @param assignments what follows {@code set}
	 */
	public void set(JobId id, String assignments) {
		this.jdbc.sql("update job set " + assignments + " where id = ?").param(id.value()).update();
	}

	/**
	 * Takes a job away.
	 */
	public void remove(JobId id) {
		this.jdbc.sql("delete from job where id = ?").param(id.value()).update();
	}

	/**
	 * The whole row as text: equal before and after when nothing was changed.
	 */
	public String row(JobId id) {
		return value(id, "job::text", String.class);
	}

	/**
	 * What an SQL expression over the job's row says.
	 */
	public <T> T value(JobId id, String expression, Class<T> type) {
		return this.jdbc.sql("select " + expression + " from job where id = ?").param(id.value()).query(type).single();
	}

	private void makePartitionsFor(Instant instant) {
		makePartitionFor(Table.JOB, instant);
		makePartitionFor(Table.JOB_CHANGE, instant);
	}

	/**
	 * Makes the partition that rows of this age need, where it is missing.
	 */
	public void makePartitionFor(Table table, Instant instant) {
		if (this.partitions.list(table).isEmpty()) {
			this.partitions.ensure(Duration.ZERO);
		}
		List<Partition> present = this.partitions.list(table);
		if (present.stream().anyMatch((one) -> !instant.isBefore(one.from()) && instant.isBefore(one.to()))) {
			return;
		}
		// The whole gap, so that the next row of about this age finds it there.
		Instant from = present.stream()
			.map(Partition::to)
			.filter((end) -> !end.isAfter(instant))
			.max(Comparator.naturalOrder())
			.orElse(instant.minus(Duration.ofHours(1)));
		Instant to = present.stream()
			.map(Partition::from)
			.filter((start) -> start.isAfter(instant))
			.min(Comparator.naturalOrder())
			.orElseThrow();
		this.jdbc
			.sql("create table %1$s_past_%2$s partition of %1$s for values from ('%3$s') to ('%4$s')"
				.formatted(table.name(), hex(4), JobId.startOf(from), JobId.startOf(to)))
			.update();
	}

	private static String hex(int bytes) {
		byte[] random = new byte[bytes];
		ThreadLocalRandom.current().nextBytes(random);
		return HexFormat.of().formatHex(random);
	}

}
