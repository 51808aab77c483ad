package io.surveycoder.jobs.testing;

import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.JobPartitions;

import org.springframework.boot.test.context.TestComponent;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Jobs of any age. An id carries the instant of creation, so no clock has to move.
 */
@TestComponent
public class OldJobs {

	private static final Duration PARTITION = Duration.ofHours(1);

	private final JdbcClient jdbc;

	private final JobPartitions partitions;

	OldJobs(JdbcClient jdbc, JobPartitions partitions) {
		this.jdbc = jdbc;
		this.partitions = partitions;
	}

	/**
	 * Stores a queued job created so long ago.
	 * @return its id
	 */
	public String add(String organization, Duration age) {
		Instant now = this.jdbc.sql("select now()").query(java.time.OffsetDateTime.class).single().toInstant();
		byte[] random = new byte[6];
		ThreadLocalRandom.current().nextBytes(random);
		return add(organization, JobId.startOf(now.minus(age)) + HexFormat.of().formatHex(random));
	}

	/**
	 * Stores a queued job of this id.
	 */
	public String add(String organization, String id) {
		ensurePartition(new JobId(id).createdAt());
		this.jdbc.sql("""
				insert into job (organization_id, id, type, total, priority, max_attempts, run_at, updated_at)
				values (?, ?, 'auto_coding', 0, 0, 3, now(), now())
				""").params(organization, id).update();
		return id;
	}

	private void ensurePartition(Instant at) {
		if (this.partitions.list().stream().anyMatch((one) -> !at.isBefore(one.from()) && at.isBefore(one.to()))) {
			return;
		}
		long width = PARTITION.toMillis();
		Instant from = Instant.ofEpochMilli(at.toEpochMilli() / width * width);
		this.jdbc
			.sql("create table job_test_%d partition of job for values from ('%s') to ('%s')"
				.formatted(from.toEpochMilli(), JobId.startOf(from), JobId.startOf(from.plus(PARTITION))))
			.update();
	}

}
