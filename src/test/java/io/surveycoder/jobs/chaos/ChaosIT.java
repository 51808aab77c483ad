package io.surveycoder.jobs.chaos;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import io.surveycoder.jobs.testing.TestDatabase;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Nothing that was acknowledged is lost, whoever is killed: proved from what the clients
 * of two instances wrote down, and not from the service's word. One run, and a test for
 * each rule that it must have kept.
 * <p>
 * {@code -Djobs.chaos.seed} and {@code -Djobs.chaos.jobs} make another run. Threads and
 * processes are not to be told when to do what, so a seed gives a run of the same kind,
 * and not the same run.
 */
@Isolated("It takes both cores, and has a deadline")
class ChaosIT {

	private static final long SEED = Long.getLong("jobs.chaos.seed", 20260501);

	private static final int JOBS = Integer.getInteger("jobs.chaos.jobs", 20_000);

	private static final int REPORTED = 5;

	private static ClientLog log;

	private static Verdict verdict;

	private static Set<String> stored;

	@BeforeAll
	static void run(@TempDir Path folder) throws Exception {
		System.out.println("Chaos: " + JOBS + " jobs, -Djobs.chaos.seed=" + SEED);
		TestDatabase database = TestDatabase.empty();
		try (ChaosRun run = new ChaosRun(SEED, JOBS, folder, database)) {
			log = run.run();
		}
		verdict = new Verdict(log);
		stored = stored(database);
		System.out.println("Chaos: " + log.happenings());
	}

	@Test
	void everyAcknowledgedJobIsFinished() {
		assertNone(verdict.lostJobs());
		assertThat(log.jobs()).hasSize(JOBS);
	}

	@Test
	void noJobHasTwoOutcomesOrAnotherThanWasAccepted() {
		assertNone(verdict.wrongOutcomes());
	}

	@Test
	void noJobIsHeldByTwoLeasesOrTakenFromALiveOne() {
		assertNone(verdict.brokenLeases());
	}

	@Test
	void attemptsAreAsManyAsClaims() {
		assertNone(verdict.wrongAttempts());
	}

	@Test
	void idempotencyKeyMakesEachOfItsJobsOnce() {
		assertNone(verdict.repeatedSubmissions(stored));
	}

	@Test
	void staleTokensAreRefused() {
		assertNone(verdict.acceptedStaleCalls());
	}

	@Test
	void answersAreThoseOfTheContract() {
		assertThat(log.unexpected()).isEmpty();
	}

	@Test
	void everyKindOfChaosHappened() {
		assertThat(log.happenings())
			.allSatisfy((happening, count) -> assertThat(count.intValue()).as(happening.name()).isPositive());
		assertThat(log.jobs()).anyMatch(JobHistory::isExpiredForGood)
			.anyMatch((job) -> job.status().equals("completed"));
	}

	private static void assertNone(List<String> broken) {
		assertThat(broken.size())
			.as(() -> "with seed %d, %d jobs break the rule, the first of them:\n%s".formatted(SEED, broken.size(),
					String.join("\n", broken.subList(0, Math.min(REPORTED, broken.size())))))
			.isZero();
	}

	private static Set<String> stored(TestDatabase database) throws SQLException {
		try (Connection connection = DriverManager.getConnection(database.url(), database.username(),
				database.password());
				Statement statement = connection.createStatement();
				ResultSet rows = statement.executeQuery("select id from job")) {
			Set<String> ids = new HashSet<>();
			while (rows.next()) {
				ids.add(rows.getString(1));
			}
			return ids;
		}
	}

}
