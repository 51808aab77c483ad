package io.surveycoder.jobs.job;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.surveycoder.jobs.job.ChangeLog.Changes;
import io.surveycoder.jobs.testing.JobRows;
import io.surveycoder.jobs.testing.TestDatabase;
import org.awaitility.Awaitility;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * In a database of its own: whoever follows, as a client of another test may whose end
 * was not noticed yet, asks for the log.
 */
@TestInstance(Lifecycle.PER_CLASS)
class ChangeLogDbTests {

	private static final String PROGRESS = "processed = processed + 1, updated_at = job_next_update(updated_at)";

	private final HikariDataSource database = database();

	private final JdbcClient jdbc = JdbcClient.create(this.database);

	private final ChangeDemand demand = new ChangeDemand(new JdbcTemplate(this.database));

	private final CountDownLatch notStopped = new CountDownLatch(1);

	private final ChangeLog log = new ChangeLog(new JdbcTemplate(this.database), this.demand);

	private final JobRows rows = new JobRows(this.jdbc,
			new JobPartitions(this.jdbc, new JobRetention(Duration.ofHours(24), Duration.ofHours(6))));

	private final PlatformTransactionManager transactions = new DataSourceTransactionManager(this.database);

	private final String organization = JobRows.organization();

	private static HikariDataSource database() {
		TestDatabase empty = TestDatabase.empty();
		HikariDataSource database = new HikariDataSource();
		database.setJdbcUrl(empty.url());
		database.setUsername(empty.username());
		database.setPassword(empty.password());
		database.setMinimumIdle(0);
		Flyway.configure().dataSource(database).load().migrate();
		return database;
	}

	@AfterAll
	void close() {
		this.database.close();
	}

	@BeforeEach
	void ask() {
		this.demand.ask();
	}

	@Test
	void changeIsFoundOnceHoweverLateItsTransactionCommits() throws Exception {
		JobId early = this.rows.insert(this.organization, "total", "9");
		JobId late = this.rows.insert(this.organization, "total", "9");
		Snapshot begin = now();
		Snapshot[] middle = new Snapshot[1];
		new TransactionTemplate(this.transactions).executeWithoutResult((_) -> {
			this.rows.set(late, PROGRESS);
			otherwise(() -> {
				this.rows.set(early, PROGRESS);
				Changes first = this.log.ofOrganization(this.organization, begin, null);
				assertThat(ids(first)).containsExactly(early.value());
				middle[0] = first.to();
			});
		});
		Changes second = this.log.ofOrganization(this.organization, middle[0], null);
		assertThat(ids(second)).containsExactly(late.value());
		assertThat(ids(this.log.ofOrganization(this.organization, begin, middle[0]))).containsExactly(early.value());
		assertThat(ids(this.log.ofOrganization(this.organization, second.to(), null))).isEmpty();
		assertThat(this.log.since(begin).found().orElseThrow()).extracting(JobChange::id)
			.contains(early.value(), late.value());
	}

	@Test
	void changesOfAJobComeAsTheyHappened() {
		Snapshot begin = now();
		JobId id = this.rows.insert(this.organization, "total", "9");
		this.rows.set(id, "status = 'processing', lease_token = gen_random_uuid(), lease_seconds = 5, "
				+ "lease_expires_at = now(), updated_at = job_next_update(updated_at)");
		this.rows.set(id, PROGRESS);
		List<JobChange> changes = this.log.ofOrganization(this.organization, begin, null).found().orElseThrow();
		assertThat(changes).extracting(JobChange::status).containsExactly("queued", "processing", "processing");
		assertThat(changes).extracting(JobChange::processed).containsExactly(0, 0, 1);
		assertThat(changes).extracting(JobChange::version).isSorted().doesNotHaveDuplicates();
		assertThat(JobChange.coalesced(changes)).containsExactly(changes.get(0), changes.get(2));
		assertThat(this.log.ofJob(this.organization, id, changes.getFirst().version()))
			.isEqualTo(changes.subList(1, 3));
		assertThat(this.log.ofJob(JobRows.organization(), id, 0)).isEmpty();
	}

	@Test
	void whatClientsDoNotSeeIsNoChange() {
		JobId id = this.rows.insert(this.organization, "total", "9", "run_at", "now() + interval '1 hour'");
		Snapshot begin = now();
		this.rows.set(id, "run_at = null");
		assertThat(ids(this.log.ofOrganization(this.organization, begin, null))).isEmpty();
	}

	@Test
	void changeThatIsRolledBackIsNone() {
		JobId id = this.rows.insert(this.organization, "total", "9");
		Snapshot begin = now();
		new TransactionTemplate(this.transactions).executeWithoutResult((status) -> {
			this.rows.set(id, PROGRESS);
			status.setRollbackOnly();
		});
		assertThat(ids(this.log.ofOrganization(this.organization, begin, null))).isEmpty();
	}

	@Test
	void nothingIsWrittenWhileNobodyAsks() {
		Snapshot begin = now();
		this.jdbc.sql("update job_change_demand set until = now()").update();
		JobId id = this.rows.insert(this.organization, "total", "9");
		assertThat(this.log.ofJob(this.organization, id, 0)).isEmpty();
		assertThat(this.log.ofOrganization(this.organization, begin, null).found()).isEmpty();
		this.demand.ask();
		assertThat(this.log.ofOrganization(this.organization, begin, null).found()).isEmpty();
		Snapshot asked = now();
		this.rows.set(id, PROGRESS);
		assertThat(ids(this.log.ofOrganization(this.organization, asked, null))).containsExactly(id.value());
	}

	@Test
	void readerAsksAgainInTimeAndLosesNothing() {
		this.jdbc.sql("update job_change_demand set until = now() + interval '64 minutes'").update();
		Snapshot begin = now();
		JobId id = this.rows.insert(this.organization, "total", "9");
		assertThat(ids(this.log.since(begin))).contains(id.value());
		assertThat(minutesAskedFor()).isGreaterThan(74);
		assertThat(ids(this.log.since(begin))).contains(id.value());
	}

	@Test
	void whoComesAgainWithinAnHourMissesNothing() {
		this.jdbc.sql("update job_change_demand set until = now() + interval '65 minutes 10 seconds'").update();
		Snapshot left = now();
		assertThat(this.log.since(left).found()).isPresent();
		assertThat(minutesAskedFor()).isLessThan(66);
		this.jdbc.sql("update job_change_demand set until = until - interval '1 hour'").update();
		JobId id = this.rows.insert(this.organization, "total", "9");
		assertThat(ids(this.log.ofOrganization(this.organization, left, null))).containsExactly(id.value());
	}

	@Test
	void askingForWhatWasAskedForWritesNothing() {
		long before = now().xmax();
		for (int i = 0; i < 100; i++) {
			this.demand.ask();
		}
		assertThat(now().xmax() - before).isLessThan(50);
	}

	@Test
	void databaseThatWasRestoredOnAnotherServerIsFollowedAgain() {
		this.jdbc.sql("update job_change_demand set complete_from = '999999999999'").update();
		Snapshot begin = this.demand.begin(this.notStopped);
		JobId id = this.rows.insert(this.organization, "total", "9");
		assertThat(ids(this.log.since(begin))).contains(id.value());
	}

	@Test
	void demandThatSomebodyDeletedIsMadeAgain() {
		this.jdbc.sql("delete from job_change_demand").update();
		assertThat(this.log.since(now()).found()).isEmpty();
		assertThat(this.log.since(now()).found()).isPresent();
	}

	@Test
	void readerThatWasAsleepIsNotToldThatNothingHappened() {
		Snapshot begin = now();
		this.jdbc.sql("update job_change_demand set until = now() + interval '59 seconds'").update();
		assertThat(this.log.since(begin).found()).isEmpty();
		Changes again = this.log.since(begin);
		assertThat(again.found()).isEmpty();
		assertThat(this.log.since(again.to()).found()).isPresent();
	}

	/**
	 * It wrote before the log was asked for, and commits long afterwards.
	 */
	@Test
	void whoBeganBeforeTheLogWasAskedForIsNotOverlooked() {
		CountDownLatch stopped = new CountDownLatch(0);
		JobId id = this.rows.insert(this.organization, "total", "9");
		this.jdbc.sql("update job_change_demand set until = now()").update();
		Snapshot[] asked = new Snapshot[1];
		new TransactionTemplate(this.transactions).executeWithoutResult((_) -> {
			this.rows.set(id, PROGRESS);
			otherwise(() -> {
				asked[0] = this.demand.begin(stopped);
				assertThat(this.log.since(asked[0]).found()).isPresent();
			});
		});
		Changes missed = this.log.since(asked[0]);
		assertThat(missed.found()).isEmpty();
		assertThat(this.log.since(missed.to()).found()).isPresent();
	}

	/**
	 * It wrote while the demand was being committed, with a greater id than that had.
	 */
	@Test
	void whoWroteWhileTheDemandWasBeingCommittedIsNotOverlooked() {
		JobId id = this.rows.insert(this.organization, "total", "9");
		this.jdbc.sql("update job_change_demand set until = now()").update();
		CountDownLatch written = new CountDownLatch(1);
		CountDownLatch commit = new CountDownLatch(1);
		Snapshot[] asked = new Snapshot[1];
		try (ExecutorService others = Executors.newVirtualThreadPerTaskExecutor()) {
			Future<?> asks = others
				.submit(() -> new TransactionTemplate(this.transactions).executeWithoutResult((_) -> {
					this.jdbc.sql(ChangeDemand.ASK).update();
					written.countDown();
					await(commit);
				}));
			await(written);
			new TransactionTemplate(this.transactions).executeWithoutResult((_) -> {
				this.rows.set(id, PROGRESS);
				commit.countDown();
				get(asks);
				get(others.submit(() -> {
					this.jdbc.sql(ChangeDemand.NOTE_COMPLETE).update();
					asked[0] = now();
				}));
			});
		}
		assertThat(this.log.since(asked[0]).found()).isEmpty();
	}

	/**
	 * So that what is told right after the beginning is not cut short by it.
	 */
	@Test
	void whoBeginsToFollowWaitsForThoseWhoWereWriting() {
		JobId id = this.rows.insert(this.organization, "total", "9");
		this.jdbc.sql("update job_change_demand set until = now()").update();
		try (ExecutorService others = Executors.newVirtualThreadPerTaskExecutor()) {
			Future<Snapshot> begin = new TransactionTemplate(this.transactions).execute((_) -> {
				this.rows.set(id, PROGRESS);
				Future<Snapshot> following = others.submit(() -> this.demand.begin(this.notStopped));
				Awaitility.await().until(this::isNoted);
				return following;
			});
			assertThat(this.log.since(get(begin)).found()).isPresent();
		}
	}

	@Test
	void whoSeesTheDatabaseAsItWasBeforeWritesTheLogToo() throws Exception {
		JobId id = this.rows.insert(this.organization, "total", "9");
		this.jdbc.sql("update job_change_demand set until = now()").update();
		TransactionTemplate oneSnapshot = new TransactionTemplate(this.transactions);
		oneSnapshot.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
		Snapshot[] asked = new Snapshot[1];
		oneSnapshot.executeWithoutResult((_) -> {
			now();
			otherwise(() -> {
				this.demand.ask();
				asked[0] = now();
			});
			this.rows.set(id, PROGRESS);
		});
		assertThat(ids(this.log.ofOrganization(this.organization, asked[0], null))).containsExactly(id.value());
	}

	@Test
	void whoAsksWhileAnotherHasNotNotedFromWhereOnDoesItForHim() {
		Snapshot begin = now();
		this.jdbc.sql("update job_change_demand set complete_from = null").update();
		assertThat(this.log.since(begin).found()).isEmpty();
		assertThat(
				this.jdbc.sql("select complete_from is not null from job_change_demand").query(Boolean.class).single())
			.isTrue();
	}

	@Test
	void readerThatWasStoppedAndStartedAgainLooksNoMoreOftenThanBefore() {
		int looks = 10;
		CountDownLatch looked = new CountDownLatch(looks);
		JobChanges changes = new JobChanges(new ChangeLog(new JdbcTemplate(this.database), this.demand) {
			@Override
			Changes since(Snapshot from) {
				looked.countDown();
				return super.since(from);
			}
		}, this.demand, new WaitingSettings(1, null), new SimpleMeterRegistry());
		changes.start();
		changes.stop();
		changes.start();
		long before = System.nanoTime();
		try (JobChanges.Following _ = changes.organization(this.organization, new NoListener())) {
			await(looked);
		}
		finally {
			changes.stop();
		}
		assertThat(System.nanoTime() - before).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(40 * (looks - 1)));
	}

	@Test
	void moreThanAnybodyCouldReadIsSaidToBeTooMuch() {
		Snapshot begin = now();
		this.rows.insertMany(this.organization, ChangeLog.MOST + 1);
		assertThat(this.log.since(begin).found()).isEmpty();
		assertThat(this.log.ofOrganization(this.organization, begin, null).found()).isEmpty();
	}

	/**
	 * As many rows as two busy hours write; statistics that know none of them, and true
	 * ones.
	 */
	@Test
	void logIsReadByItsIndexOnly() {
		new TransactionTemplate(this.transactions).executeWithoutResult((status) -> {
			this.jdbc.sql("set local plan_cache_mode = force_generic_plan").update();
			for (boolean analyzed : new boolean[] { false, true }) {
				this.jdbc.sql("""
						insert into job_change (xact, updated_at, processed, total, organization_id, id, type, status)
						select (n / 10 + 1)::text::xid8, now(), 0, 1, 'org_' || lpad(to_hex(n % 20), 24, '0'),
						       job_id_at(now()) || lpad(to_hex(n), 12, '0'), 'one_call', 'queued'
						from generate_series(1, 50000) n
						""").update();
				if (analyzed) {
					this.jdbc.sql("analyze job_change").update();
				}
				assertIndexOnly(ChangeLog.SINCE, "xid8, int, xid8[], int", "'90000000', 10001, '{}', 10001");
				assertIndexOnly(ChangeLog.SINCE_OF_ORGANIZATION, "pg_snapshot, xid8, text, int, xid8[], text, int",
						"null, '90000000', 'org_000000000000000000000001', 10001, '{}', 'org_000000000000000000000001', 10001");
				String id = this.jdbc.sql("select id from job_change where xact = '1' limit 1")
					.query(String.class)
					.single();
				assertIndexOnly(ChangeLog.OF_JOB, "text, text, timestamptz, int",
						"'" + id + "', 'org_000000000000000000000001', now(), 10000");
			}
			status.setRollbackOnly();
		});
	}

	private void assertIndexOnly(String sql, String types, String values) {
		String numbered = sql;
		for (int i = 1; numbered.contains("?"); i++) {
			numbered = numbered.replaceFirst("\\?", "\\$" + i);
		}
		this.jdbc.sql("prepare measured (" + types + ") as " + numbered).update();
		String plan = String.join("\n",
				this.jdbc.sql("explain execute measured (" + values + ")").query(String.class).list());
		this.jdbc.sql("deallocate measured").update();
		// Partitions of other tests may be next to empty.
		String partition = this.jdbc.sql("select tableoid::regclass::text from job_change where xact = '1' limit 1")
			.query(String.class)
			.single();
		assertThat(plan).doesNotContain("Seq Scan on " + partition).containsPattern("Index Scan .*on " + partition);
	}

	private static List<String> ids(Changes changes) {
		return changes.found().orElseThrow().stream().map(JobChange::id).toList();
	}

	private Snapshot now() {
		return Snapshot.parse(this.jdbc.sql("select pg_current_snapshot()::text").query(String.class).single());
	}

	private double minutesAskedFor() {
		return this.jdbc.sql("select extract(epoch from until - now()) / 60 from job_change_demand")
			.query(Double.class)
			.single();
	}

	// By another session, for which the row is as it was committed.
	private boolean isNoted() {
		boolean[] noted = new boolean[1];
		otherwise(() -> noted[0] = this.jdbc
			.sql("select complete_from is not null and until > now() from job_change_demand")
			.query(Boolean.class)
			.single());
		return noted[0];
	}

	private static void otherwise(Runnable task) {
		try (ExecutorService other = Executors.newVirtualThreadPerTaskExecutor()) {
			get(other.submit(task));
		}
	}

	private static <T> T get(Future<T> task) {
		try {
			return task.get(10, TimeUnit.SECONDS);
		}
		catch (Exception ex) {
			throw new AssertionError(ex);
		}
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	private static final class NoListener implements JobChanges.Listener {

		@Override
		public void changed(List<JobChange> changes, Snapshot to) {
		}

		@Override
		public void missed() {
		}

	}

}
