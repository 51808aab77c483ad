package io.surveycoder.jobs.job.retain;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

import io.micrometer.core.instrument.MeterRegistry;
import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.JobPartitions;
import io.surveycoder.jobs.job.JobPartitions.Partition;
import io.surveycoder.jobs.job.JobPartitions.Table;
import io.surveycoder.jobs.testing.JobRows;
import io.surveycoder.jobs.testing.Race;
import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

@ServiceTest
class RetentionDbTests {

	@Autowired
	Retention retention;

	@Autowired
	JobPartitions partitions;

	@Autowired
	JobRows rows;

	@Autowired
	JdbcClient jdbc;

	@Autowired
	MeterRegistry meters;

	@Autowired
	PlatformTransactionManager transactions;

	@BeforeEach
	void makeAnExpiredPartition() {
		this.jdbc.sql("drop table if exists job_expired").update();
		this.jdbc.sql("create table job_expired partition of job for values from ('%s') to ('%s')".formatted(
				JobId.startOf(Instant.parse("2001-01-01T00:00:00Z")),
				JobId.startOf(Instant.parse("2001-01-02T00:00:00Z"))))
			.update();
	}

	@Test
	void partitionsAreThereAheadOfTimeAndTheExpiredAreNot() {
		this.retention.keep();
		Instant now = Instant.now();
		assertThat(this.partitions.list(Table.JOB)).extracting(Partition::name).doesNotContain("job_expired");
		assertThat(this.partitions.list(Table.JOB).getLast().to()).isAfter(now.plus(Duration.ofHours(6)));
		int count = this.partitions.list(Table.JOB).size();
		this.retention.keep();
		assertThat(this.partitions.list(Table.JOB)).hasSize(count);
	}

	@Test
	void jobThatHasNotExpiredStays() {
		JobId living = this.rows.insertAged(JobRows.organization(), "23 hours 59 minutes");
		this.retention.keep();
		assertThat(this.rows.row(living)).isNotEmpty();
	}

	@Test
	void twoInstancesMayKeepAtOnce() {
		Race.of(this::keep, this::keep);
		this.retention.keep();
		assertThat(this.partitions.list(Table.JOB)).extracting(Partition::name).doesNotContain("job_expired");
	}

	@Test
	void dropThatAReaderPreventsIsMadeUpForLater() {
		new TransactionTemplate(this.transactions).executeWithoutResult((_) -> {
			this.jdbc.sql("select count(*) from job").query(Long.class).single();
			Race.of(this::keep);
		});
		assertThat(this.partitions.list(Table.JOB)).extracting(Partition::name).contains("job_expired");
		this.retention.keep();
		assertThat(this.partitions.list(Table.JOB)).extracting(Partition::name).doesNotContain("job_expired");
	}

	@Test
	void refusedDropIsTriedAgainSoonAndThenLessOften() {
		new TransactionTemplate(this.transactions).executeWithoutResult((_) -> {
			this.jdbc.sql("select count(*) from job").query(Long.class).single();
			double refused = this.meters.get("jobs.retention.drops.refused").counter().count();
			List<Duration> pauses = Stream.generate(() -> {
				Race.of(this::keep);
				return this.retention.pause();
			}).limit(3).toList();
			assertThat(pauses).containsExactly(Duration.ofMillis(250), Duration.ofMillis(500), Duration.ofSeconds(1));
			assertThat(this.meters.get("jobs.retention.drops.refused").counter().count()).isEqualTo(refused + 3);
		});
		this.retention.keep();
		assertThat(this.retention.pause()).isEqualTo(Duration.ofMinutes(1));
	}

	@Test
	void pauseStopsGrowingAtAboutAMinute() {
		new TransactionTemplate(this.transactions).executeWithoutResult((_) -> {
			this.jdbc.sql("lock table only job_expired in share update exclusive mode").update();
			Race.of(() -> {
				for (int i = 0; i < 12; i++) {
					this.retention.keep();
				}
				return true;
			});
			assertThat(this.retention.pause()).isEqualTo(Duration.ofSeconds(64));
		});
		this.retention.keep();
	}

	@Test
	void operatorSeesWhatIsLateAndWhatIsThere() {
		new TransactionTemplate(this.transactions).executeWithoutResult((_) -> {
			this.jdbc.sql("select count(*) from job").query(Long.class).single();
			Race.of(this::keep);
		});
		// It is of 2001.
		assertThat(gauge("jobs.retention.lag")).isGreaterThan(Duration.ofDays(365).toSeconds());
		this.retention.keep();
		assertThat(gauge("jobs.retention.lag")).isZero();
		assertThat(gauge("jobs.partitions.ahead")).isGreaterThan(Duration.ofHours(6).toSeconds());
		assertThat(gauge("jobs.partitions")).isEqualTo(this.partitions.list(Table.JOB).size());
		assertThat(gauge("jobs.partitions.size")).isPositive();
	}

	private double gauge(String name) {
		return this.meters.get(name).tag("table", "job").gauge().value();
	}

	private boolean keep() {
		this.retention.keep();
		return true;
	}

}
