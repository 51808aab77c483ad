package io.surveycoder.jobs.job.work;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.surveycoder.jobs.http.RawJson;
import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.JobType;
import io.surveycoder.jobs.testing.JobRows;
import io.surveycoder.jobs.testing.Race;
import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

@ServiceTest
class ClaimDbTests {

	private static final String[] ALL_TYPES = JobType.allWire().toArray(String[]::new);

	@Autowired
	LeaseStatements statements;

	@Autowired
	JobRows rows;

	@Autowired
	JdbcClient jdbc;

	@Autowired
	PlatformTransactionManager transactions;

	private final String organization = JobRows.organization();

	@Test
	void claimLeasesTheJobForSoLong() {
		JobId id = this.rows.insert(this.organization, "total", "7", "payload", "'{\"a\": 1.0}'", "metadata",
				"'{\"m\":\"x\"}'");
		ClaimedJob claimed = claim(1, 77).getFirst();
		assertThat(claimed).usingRecursiveComparison()
			.ignoringFields("leaseToken", "leaseExpiresAt")
			.isEqualTo(new ClaimedJob(id.value(), "auto_coding", this.organization, 1, 7, new RawJson("{\"a\": 1.0}"),
					new RawJson("{\"m\":\"x\"}"), "", Instant.EPOCH));
		assertThat(LeaseToken.parse(claimed.leaseToken()).orElseThrow())
			.isEqualTo(new LeaseToken(this.organization, this.rows.value(id, "lease_token", java.util.UUID.class)));
		assertThat(claimed.leaseExpiresAt())
			.isEqualTo(this.rows.value(id, "lease_expires_at", OffsetDateTime.class).toInstant());
		assertThat(
				this.rows.value(id, "status = 'processing' and worker = 'test' and lease_seconds = 77", Boolean.class))
			.isTrue();
		assertThat(this.rows.value(id, "lease_expires_at - now() between interval '70 s' and interval '77 s'",
				Boolean.class))
			.isTrue();
	}

	@Test
	void nothingQueuedNothingClaimed() {
		assertThat(claim(10)).isEmpty();
		this.rows.insert(this.organization, "status", "'failed'", "error_code", "'E'", "error_message", "'m'");
		this.rows.insert(this.organization, "status", "'completed'", "result", "'{}'");
		this.rows.insert(JobRows.organization());
		assertThat(claim(10)).isEmpty();
	}

	@Test
	void highestPriorityComesFirstThenTheOldest() {
		JobId low = this.rows.insertAged(this.organization, "5 minutes", "priority", "-100");
		JobId young = this.rows.insertAged(this.organization, "1 minute");
		JobId old = this.rows.insertAged(this.organization, "2 minutes");
		JobId high = this.rows.insert(this.organization, "priority", "100");
		assertThat(ids(claim(100))).containsExactly(high.value(), old.value(), young.value(), low.value());
	}

	@Test
	void claimsOneByOneKeepTheOrder() {
		JobId young = this.rows.insertAged(this.organization, "1 minute");
		JobId old = this.rows.insertAged(this.organization, "2 minutes");
		JobId high = this.rows.insert(this.organization, "priority", "1");
		assertThat(Stream.generate(() -> claim(1).getFirst().id()).limit(3)).containsExactly(high.value(), old.value(),
				young.value());
	}

	@Test
	void noMoreThanTheLimitIsClaimed() {
		IntStream.range(0, 5).forEach((_) -> this.rows.insert(this.organization));
		assertThat(claim(3)).hasSize(3);
		assertThat(claim(3)).hasSize(2);
	}

	@Test
	void eachClaimedJobHasItsOwnToken() {
		IntStream.range(0, 20).forEach((_) -> this.rows.insert(this.organization));
		assertThat(claim(20)).extracting(ClaimedJob::leaseToken).doesNotHaveDuplicates();
	}

	@Test
	void jobIsNotClaimedBeforeItsTime() {
		JobId later = this.rows.insert(this.organization, "run_at", "now() + interval '1 minute'");
		assertThat(claim(10)).isEmpty();
		assertThat(this.statements.organizationAfter(before(this.organization), ALL_TYPES))
			.isNotEqualTo(Optional.of(this.organization));
		this.rows.set(later, "run_at = now()");
		assertThat(ids(claim(10))).containsExactly(later.value());
	}

	@Test
	void onlyTheTypesAskedForAreClaimed() {
		JobId coding = this.rows.insert(this.organization, "type", "'auto_coding'");
		JobId codebook = this.rows.insert(this.organization, "type", "'codebook_generation'");
		JobId call = this.rows.insert(this.organization, "type", "'one_call'");
		assertThat(ids(this.statements.claim(this.organization, "test", new String[] { "one_call" }, 10, 60)))
			.containsExactly(call.value());
		assertThat(ids(this.statements.claim(this.organization, "test",
				new String[] { "auto_coding", "codebook_generation" }, 10, 60)))
			.containsExactlyInAnyOrder(coding.value(), codebook.value());
	}

	@Test
	void expiredJobIsNotClaimed() {
		this.rows.insertAged(this.organization, "24 hours 1 minute");
		assertThat(claim(10)).isEmpty();
		assertThat(this.statements.organizationAfter(before(this.organization), ALL_TYPES))
			.isNotEqualTo(Optional.of(this.organization));
		JobId living = this.rows.insertAged(this.organization, "23 hours 59 minutes");
		assertThat(ids(claim(10))).containsExactly(living.value());
	}

	@Test
	void everyClaimCountsAsAnAttempt() {
		JobId id = this.rows.insert(this.organization, "attempt", "1");
		assertThat(claim(1).getFirst().attempt()).isEqualTo(2);
		assertThat(this.rows.value(id, "attempt", Integer.class)).isEqualTo(2);
	}

	@Test
	void jobThatAnotherClaimHoldsIsSkippedWithoutWaiting() {
		JobId first = this.rows.insertAged(this.organization, "1 minute");
		JobId second = this.rows.insert(this.organization);
		new TransactionTemplate(this.transactions).executeWithoutResult((_) -> {
			assertThat(ids(claim(1))).containsExactly(first.value());
			assertThat(Race.of(() -> ids(claim(10)))).containsExactly(List.of(second.value()));
		});
		assertThat(claim(10)).isEmpty();
	}

	@Test
	void twoClaimsAtOnceShareTheJobs() {
		for (int round = 0; round < 10; round++) {
			IntStream.range(0, 10).forEach((_) -> this.rows.insert(this.organization));
			List<List<ClaimedJob>> claims = Race.of(() -> claim(10), () -> claim(10));
			// What one had locked the other may have skipped, never taken too.
			List<String> all = Stream.concat(claims.stream().flatMap(List::stream), claim(100).stream())
				.map(ClaimedJob::id)
				.toList();
			assertThat(all).doesNotHaveDuplicates().hasSize(10);
		}
	}

	@Test
	void organizationsComeInTurnAndRound() {
		this.rows.insert(this.organization);
		assertThat(this.statements.organizationAfter(before(this.organization), ALL_TYPES)).contains(this.organization);
		String other = JobRows.organization();
		this.rows.insert(other, "type", "'one_call'");
		String[] onlyCalls = { "one_call" };
		assertThat(this.statements.organizationAfter(other, onlyCalls)).contains(other);
		claim(1);
		this.statements.claim(other, "test", ALL_TYPES, 1, 60);
		assertThat(this.statements.organizationAfter(other, onlyCalls)).isEmpty();
	}

	@Test
	void claimReadsOnlyItsOwnRowsBesideAHistoryUnknownToTheStatistics() {
		this.rows.insertMany(this.organization, 3000, "status", "'completed'", "result", "'{}'");
		IntStream.range(0, 3).forEach((_) -> this.rows.insert(this.organization));
		new TransactionTemplate(this.transactions).executeWithoutResult((_) -> {
			int before = rowsRead();
			assertThat(claim(100)).hasSize(3);
			assertThat(rowsRead() - before).isLessThan(30);
		});
	}

	// In this transaction.
	private int rowsRead() {
		return this.jdbc.sql(
				"select sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) from pg_stat_xact_user_tables where relname ~ '^job_'")
			.query(Integer.class)
			.single();
	}

	private List<ClaimedJob> claim(int limit) {
		return claim(limit, 60);
	}

	private List<ClaimedJob> claim(int limit, int leaseSeconds) {
		return this.statements.claim(this.organization, "test", ALL_TYPES, limit, leaseSeconds);
	}

	private static List<String> ids(List<ClaimedJob> jobs) {
		return jobs.stream().map(ClaimedJob::id).toList();
	}

	// The greatest organization that comes before this one, near enough.
	private static String before(String organization) {
		return organization.substring(0, organization.length() - 1);
	}

}
