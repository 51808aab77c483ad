package io.surveycoder.jobs.job;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.stream.Stream;

import io.surveycoder.jobs.job.JobPartitions.Partition;
import io.surveycoder.jobs.job.JobPartitions.Table;
import io.surveycoder.jobs.testing.Race;
import io.surveycoder.jobs.testing.TestDatabase;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * In a database of its own, since it drops tables.
 */
class JobPartitionsDbTests {

	private static final Duration DAY = Duration.ofHours(24);

	private static DriverManagerDataSource database;

	private final JdbcClient jdbc = JdbcClient.create(database);

	private final TransactionTemplate transaction = new TransactionTemplate(new JdbcTransactionManager(database));

	private final JobPartitions partitions = new JobPartitions(this.jdbc, new JobRetention(DAY, Duration.ofMinutes(1)));

	@BeforeAll
	static void migrate() {
		TestDatabase empty = TestDatabase.empty();
		database = new DriverManagerDataSource(empty.url(), empty.username(), empty.password());
		Flyway.configure().dataSource(database).load().migrate();
	}

	// The same for a whole test, or partitions that are made to touch would leave a gap.
	private Instant minute;

	@BeforeEach
	void dropAll() {
		this.minute = this.jdbc.sql("select date_trunc('minute', now())")
			.query(OffsetDateTime.class)
			.single()
			.toInstant();
		Stream.of(Table.values())
			.flatMap((table) -> this.partitions.list(table).stream())
			.forEach((partition) -> this.jdbc.sql("drop table " + partition.name()).update());
	}

	@Test
	void missingPartitionsAreMadeOnce() {
		List<String> made = ensure(Duration.ofMinutes(3));
		assertThat(made).hasSize(8);
		assertThat(names(Table.JOB)).isEqualTo(made.subList(0, 4));
		assertThat(names(Table.IDEMPOTENCY_KEY)).isEqualTo(made.subList(4, 8));
		assertThat(this.partitions.list(Table.JOB))
			.allSatisfy((partition) -> assertThat(Duration.between(partition.from(), partition.to())).hasMinutes(1));
		// The clock may have passed into the next minute meanwhile.
		assertThat(ensure(Duration.ofMinutes(2))).isEmpty();
		JobId now = insert("0");
		assertThat(this.partitions.list(Table.JOB)).anyMatch((partition) -> partition.holds(now.createdAt()));
	}

	@Test
	void twoInstancesMakeThemOnce() {
		List<List<String>> made = Race.of(() -> ensure(Duration.ofMinutes(5)), () -> ensure(Duration.ofMinutes(4)));
		assertThat(made).filteredOn((names) -> names.size() >= 10).hasSize(1);
		assertThat(made.stream().flatMap(List::stream)).doesNotHaveDuplicates()
			.hasSize(names(Table.JOB).size() + names(Table.IDEMPOTENCY_KEY).size());
	}

	@Test
	void partitionIsMadeWhileAWriterIsAtWork() {
		ensure(Duration.ofMinutes(1));
		this.transaction.executeWithoutResult((_) -> {
			insert("0");
			List<String> made = Race.of(() -> ensure(Duration.ofMinutes(5))).getFirst();
			assertThat(made).isNotEmpty();
		});
	}

	@Test
	void newPartitionHasTheIndexesAndConstraintsOfAll() {
		ensure(Duration.ZERO);
		for (Table table : Table.values()) {
			assertLikeTheWhole(names(table).getFirst(), table.sqlName());
		}
	}

	private void assertLikeTheWhole(String name, String whole) {
		assertThat(this.jdbc.sql("select count(*) from pg_index where indrelid = ?::regclass")
			.param(name)
			.query(Integer.class)
			.single())
			.isEqualTo(this.jdbc.sql("select count(*) from pg_index where indrelid = ?::regclass")
				.param(whole)
				.query(Integer.class)
				.single());
		assertThat(constraints(name)).isEqualTo(constraints(whole));
	}

	@Test
	void onlyWhollyExpiredPartitionsAreDropped() {
		make("26 hours", "25 hours");
		make("25 hours", "24 hours");
		make("24 hours", "23 hours");
		insert("25 hours 1 minute");
		insert("24 hours 1 minute");
		JobId living = insert("23 hours 59 minutes");
		assertThat(drop()).isTrue();
		assertThat(drop()).isTrue();
		assertThat(drop()).isFalse();
		assertThat(this.jdbc.sql("select id from job").query(String.class).list()).containsExactly(living.value());
	}

	@Test
	void partitionGoesAtTheVeryMomentItsLastJobExpires() {
		make("2 hours", "1 hour");
		assertThat(drop(Duration.ofHours(1).plusMinutes(5))).isFalse();
		assertThat(drop(Duration.ofHours(1))).isTrue();
	}

	@Test
	void idempotencyKeysAreKeptForADayWhateverTheRetentionOfJobs() {
		this.jdbc
			.sql("create table key_past partition of idempotency_key for values from ('%s') to ('%s')"
				.formatted(startOfAge("25 hours"), startOfAge("23 hours")))
			.update();
		assertThat(drop(Duration.ofMinutes(1))).isFalse();
		this.jdbc.sql("drop table key_past").update();
		this.jdbc
			.sql("create table key_past partition of idempotency_key for values from ('%s') to ('%s')"
				.formatted(startOfAge("25 hours"), startOfAge("24 hours")))
			.update();
		assertThat(drop(Duration.ofDays(30))).isTrue();
		assertThat(names(Table.IDEMPOTENCY_KEY)).isEmpty();
	}

	@Test
	void readerIsNotKeptWaitingByADrop() {
		make("26 hours", "25 hours");
		JobId expired = insert("25 hours 30 minutes");
		this.transaction.executeWithoutResult((_) -> {
			this.jdbc.sql("select id from job").query(String.class).list();
			long begin = System.nanoTime();
			assertThat(Race.of(this::dropOrGiveUp)).containsExactly("55P03");
			assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));
		});
		assertThat(this.jdbc.sql("select id from job").query(String.class).single()).isEqualTo(expired.value());
		assertThat(drop()).isTrue();
		assertThat(this.partitions.list(Table.JOB)).isEmpty();
	}

	@Test
	void oneInstanceDropsAtATime() {
		make("26 hours", "25 hours");
		this.transaction.executeWithoutResult((_) -> {
			this.partitions.ensure(Duration.ZERO);
			assertThat(Race.of(this::drop)).containsExactly(false);
		});
		assertThat(Race.of(this::drop, this::drop)).containsOnlyOnce(true);
	}

	private List<String> ensure(Duration ahead) {
		return this.transaction.execute((_) -> this.partitions.ensure(ahead));
	}

	private List<String> names(Table table) {
		return this.partitions.list(table).stream().map(Partition::name).toList();
	}

	private boolean drop() {
		return drop(DAY);
	}

	private String dropOrGiveUp() {
		try {
			return "dropped: " + drop();
		}
		catch (DataAccessException ex) {
			return ((SQLException) ex.getMostSpecificCause()).getSQLState();
		}
	}

	private boolean drop(Duration age) {
		JobPartitions ofAge = new JobPartitions(this.jdbc, new JobRetention(age, Duration.ofMinutes(1)));
		return this.transaction.execute((_) -> ofAge.dropOldest()).isPresent();
	}

	private void make(String fromAge, String toAge) {
		this.jdbc
			.sql("create table job_past_%d partition of job for values from ('%s') to ('%s')"
				.formatted(System.nanoTime(), startOfAge(fromAge), startOfAge(toAge)))
			.update();
	}

	private String startOfAge(String age) {
		return JobId.startOf(this.jdbc.sql("select ?::timestamptz - ?::interval")
			.params(this.minute.toString(), age)
			.query(OffsetDateTime.class)
			.single()
			.toInstant());
	}

	private JobId insert(String age) {
		return new JobId(this.jdbc
			.sql("""
					insert into job (organization_id, id, type, total, priority, max_attempts, updated_at)
					values ('org_000000000000000000000000', job_id_at(now() - ?::interval) || substr(md5(random()::text), 1, 12),
					        'one_call', 0, 0, 1, now())
					returning id
					""")
			.param(age)
			.query(String.class)
			.single());
	}

	private List<String> constraints(String table) {
		return this.jdbc
			.sql("select conname from pg_constraint where conrelid = ?::regclass and contype = 'c' order by 1")
			.param(table)
			.query(String.class)
			.list();
	}

}
