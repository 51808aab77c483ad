package io.surveycoder.jobs.job;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

import io.surveycoder.jobs.job.JobPartitions.Partition;
import io.surveycoder.jobs.job.JobPartitions.Standing;
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
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * In a database of its own, since it drops tables.
 */
class JobPartitionsDbTests {

	private static final Duration DAY = Duration.ofHours(24);

	private static final ExecutorService otherThreads = Executors.newVirtualThreadPerTaskExecutor();

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
		assertThat(made).hasSize(12);
		assertThat(names(Table.JOB)).isEqualTo(made.subList(0, 4));
		assertThat(names(Table.JOB_CHANGE)).isEqualTo(made.subList(4, 8));
		assertThat(names(Table.IDEMPOTENCY_KEY)).isEqualTo(made.subList(8, 12));
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
		assertThat(made).filteredOn((names) -> names.size() >= 15).hasSize(1);
		assertThat(made.stream().flatMap(List::stream)).doesNotHaveDuplicates()
			.hasSize(Stream.of(Table.values()).mapToInt((table) -> names(table).size()).sum());
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

	@Test
	void vacuumOfThePartitionIsNotWaitedForWhileAllReadersWait() {
		make("26 hours", "25 hours");
		String name = names(Table.JOB).getFirst();
		this.transaction.executeWithoutResult((_) -> {
			this.jdbc.sql("lock table only " + name + " in share update exclusive mode").update();
			// Not "canceling statement due to lock timeout".
			assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> otherThread(this::drop))
				.havingRootCause()
				.withMessageContaining("could not obtain lock on relation");
		});
		assertThat(drop()).isTrue();
	}

	@Test
	void readersAndWritersDoNotWaitBehindAPartitionThatWaitsToBeMade() {
		ensure(Duration.ZERO);
		Future<List<String>> waiting = this.transaction.execute((_) -> {
			// As an ANALYZE of the whole table does.
			this.jdbc.sql("lock table only job in share update exclusive mode").update();
			Future<List<String>> made = otherThreads.submit(() -> ensure(Duration.ofMinutes(5)));
			await().until(() -> this.jdbc
				.sql("select exists (select from pg_locks where relation = 'job'::regclass and not granted)")
				.query(Boolean.class)
				.single());
			otherThread(() -> this.transaction.execute((_) -> {
				this.jdbc.sql("set local lock_timeout = '1ms'").update();
				JobId id = insert("0");
				assertThat(this.jdbc.sql("select count(*) from job where id = ?")
					.param(id.value())
					.query(Integer.class)
					.single()).isEqualTo(1);
				return id;
			}));
			return made;
		});
		assertThat(waiting).succeedsWithin(Duration.ofSeconds(10))
			.satisfies((made) -> assertThat(made).hasSizeGreaterThanOrEqualTo(10));
	}

	@Test
	void databaseClockThatRanAheadDestroysNothing() {
		make("26 hours", "25 hours");
		JobId job = insert("25 hours 30 minutes");
		assertThat(dropWithOwnClock(Duration.ofHours(-3))).isFalse();
		assertThat(this.jdbc.sql("select id from job").query(String.class).single()).isEqualTo(job.value());
		assertThat(this.partitions.standing(Table.JOB).lag()).isGreaterThanOrEqualTo(Duration.ofHours(1));
		assertThat(dropWithOwnClock(Duration.ZERO)).isTrue();
	}

	@Test
	void ownClockThatRunsAheadDropsNothingEarly() {
		make("24 hours", "23 hours");
		assertThat(dropWithOwnClock(Duration.ofDays(2))).isFalse();
	}

	@Test
	void clockSetBackFindsRoomBeforeThePartitionsOfTheFuture() {
		make("-5 minutes", "-10 minutes");
		JobPartitions wide = new JobPartitions(this.jdbc, new JobRetention(DAY, Duration.ofDays(30)));
		this.transaction.executeWithoutResult((_) -> wide.ensure(Duration.ofMinutes(15)));
		insert("0");
		assertNoGapAndNoOverlap(Duration.ofMinutes(15));
	}

	@Test
	void widthThatIsChangedHoldsForNewPartitions() {
		for (int minutes : List.of(5, 60, 1, 7)) {
			JobPartitions changed = new JobPartitions(this.jdbc, new JobRetention(DAY, Duration.ofMinutes(minutes)));
			this.transaction.executeWithoutResult((_) -> changed.ensure(Duration.ofMinutes(2L * minutes)));
			assertNoGapAndNoOverlap(Duration.ofMinutes(2L * minutes));
		}
		insert("0");
	}

	@Test
	void retentionMayBeChangedInEitherDirection() {
		make("26 hours", "25 hours");
		make("13 hours", "12 hours");
		JobId job = insert("12 hours 30 minutes");
		assertThat(drop(Duration.ofHours(48))).isFalse();
		assertThat(drop(DAY)).isTrue();
		assertThat(drop(DAY)).isFalse();
		assertThat(this.jdbc.sql("select id from job").query(String.class).single()).isEqualTo(job.value());
		assertThat(drop(Duration.ofHours(12))).isTrue();
		assertThat(this.partitions.list(Table.JOB)).isEmpty();
	}

	@Test
	void afterADayOffThereIsRoomForNewJobsAndTheOldOnesGo() {
		make("50 hours", "49 hours");
		make("49 hours", "48 hours");
		assertThat(ensure(Duration.ofMinutes(1))).isNotEmpty();
		JobId job = insert("0");
		assertThat(drop()).isTrue();
		assertThat(drop()).isTrue();
		assertThat(drop()).isFalse();
		assertThat(this.jdbc.sql("select id from job").query(String.class).single()).isEqualTo(job.value());
	}

	@Test
	void connectionThatDiesInTheMiddleOfADropLeavesThePartition() {
		make("26 hours", "25 hours");
		JobId expired = insert("25 hours 30 minutes");
		this.jdbc.sql("""
				create function die() returns event_trigger language plpgsql
				as $$ begin perform pg_terminate_backend(pg_backend_pid()); perform pg_sleep(10); end $$;
				create event trigger die on sql_drop execute function die()
				""").update();
		try {
			// Of its rollback, for which there is no connection any more.
			assertThatExceptionOfType(DataAccessException.class).isThrownBy(this::drop);
		}
		finally {
			this.jdbc.sql("drop event trigger die; drop function die()").update();
		}
		assertThat(this.jdbc.sql("select id from job").query(String.class).single()).isEqualTo(expired.value());
		assertThat(drop()).isTrue();
	}

	@Test
	void userWhoMayNotDropLeavesThePartition() {
		make("26 hours", "25 hours");
		SingleConnectionDataSource stranger = new SingleConnectionDataSource(database.getUrl(), database.getUsername(),
				database.getPassword(), true);
		try {
			JdbcClient connection = JdbcClient.create(stranger);
			connection.sql("create role stranger; grant select on all tables in schema public to stranger").update();
			connection.sql("set role stranger").update();
			JobPartitions partitionsOfStranger = new JobPartitions(connection,
					new JobRetention(DAY, Duration.ofMinutes(1)));
			assertThatExceptionOfType(DataAccessException.class)
				.isThrownBy(() -> new TransactionTemplate(new JdbcTransactionManager(stranger))
					.execute((_) -> partitionsOfStranger.dropOldest()))
				.havingRootCause()
				.withMessageContaining("permission denied");
			assertThat(partitionsOfStranger.standing(Table.JOB).lag()).isPositive();
		}
		finally {
			JdbcClient.create(stranger).sql("reset role; drop owned by stranger; drop role stranger").update();
			stranger.destroy();
		}
		assertThat(drop()).isTrue();
	}

	@Test
	void standingTellsWhatIsThereAndWhatIsLate() {
		make("26 hours", "25 hours");
		make("1 hour", "-1 hours");
		make("-1 hours", "-3 hours");
		make("-4 hours", "-5 hours");
		Standing standing = this.partitions.standing(Table.JOB);
		assertThat(standing.count()).isEqualTo(4);
		// Each has six empty indexes of a page, and two of them are of large values.
		assertThat(standing.bytes()).isGreaterThanOrEqualTo(4 * 6 * 8192);
		assertThat(standing.ahead()).isBetween(Duration.ofMinutes(175), Duration.ofHours(3));
		assertThat(standing.lag()).isBetween(Duration.ofHours(1), Duration.ofMinutes(65));
		assertThat(drop()).isTrue();
		assertThat(this.partitions.standing(Table.JOB).lag()).isBetween(Duration.ofHours(-25),
				Duration.ofHours(-25).plusMinutes(5));
	}

	@Test
	void withoutPartitionsNothingIsAheadAndNothingLate() {
		assertThat(this.partitions.standing(Table.JOB)).isEqualTo(new Standing(0, 0, Duration.ZERO, DAY.negated()));
	}

	@Test
	void dropWritesNoMoreForManyRowsThanForNone() {
		make("28 hours", "27 hours");
		make("26 hours", "25 hours");
		this.jdbc
			.sql("""
					insert into job (organization_id, id, type, total, priority, max_attempts, updated_at)
					select 'org_000000000000000000000000', job_id_at(now() - interval '25 hours 30 minutes') || lpad(to_hex(n), 12, '0'),
					       'one_call', 0, 0, 1, 'epoch'
					from generate_series(1, 20000) n
					""")
			.update();
		SingleConnectionDataSource connection = new SingleConnectionDataSource(database.getUrl(),
				database.getUsername(), database.getPassword(), true);
		try {
			JdbcClient counted = JdbcClient.create(connection);
			JobPartitions counting = new JobPartitions(counted, new JobRetention(DAY, Duration.ofMinutes(1)));
			TransactionTemplate there = new TransactionTemplate(new JdbcTransactionManager(connection));
			long before = walRecords(counted);
			assertThat(there.execute((_) -> counting.dropOldest()).isPresent()).isTrue();
			long none = walRecords(counted) - before;
			assertThat(there.execute((_) -> counting.dropOldest()).isPresent()).isTrue();
			long many = walRecords(counted) - before - none;
			// A few either way, for pages of the catalogs that are pruned on the way.
			assertThat(none).isPositive();
			assertThat(many).isLessThan(none + 100);
		}
		finally {
			connection.destroy();
		}
	}

	private static long walRecords(JdbcClient connection) {
		connection.sql("select pg_stat_force_next_flush()").query((_, _) -> true).single();
		return connection.sql("select wal_records from pg_stat_get_backend_wal(pg_backend_pid())")
			.query(Long.class)
			.single();
	}

	private void assertNoGapAndNoOverlap(Duration ahead) {
		List<Partition> all = this.partitions.list(Table.JOB);
		for (int i = 1; i < all.size(); i++) {
			assertThat(all.get(i).from()).isEqualTo(all.get(i - 1).to());
		}
		assertThat(all.getFirst().from()).isBeforeOrEqualTo(this.minute);
		assertThat(all.getLast().to()).isAfter(this.minute.plus(ahead));
	}

	private boolean dropWithOwnClock(Duration ahead) {
		JobPartitions skewed = new JobPartitions(this.jdbc, new JobRetention(DAY, Duration.ofMinutes(1)),
				InstantSource.offset(InstantSource.system(), ahead));
		return this.transaction.execute((_) -> skewed.dropOldest()).isPresent();
	}

	private static <T> T otherThread(Callable<T> task) {
		try {
			return otherThreads.submit(task).get(15, TimeUnit.SECONDS);
		}
		catch (ExecutionException ex) {
			throw (RuntimeException) ex.getCause();
		}
		catch (InterruptedException | TimeoutException ex) {
			throw new AssertionError(ex);
		}
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
					        'one_call', 0, 0, 1, 'epoch')
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
