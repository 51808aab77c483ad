package io.surveycoder.jobs.job.work;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.surveycoder.jobs.http.RawJson;
import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.JobType;
import io.surveycoder.jobs.job.work.ClaimStatements.Claimable;
import io.surveycoder.jobs.testing.JobRows;
import io.surveycoder.jobs.testing.Race;
import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

@ServiceTest
class ClaimDbTests {

	private static final Claim ANY = new Claim("test", JobType.allWire(), 100, 60);

	@Autowired
	ClaimStatements statements;

	@Autowired
	TurnStatements turns;

	@Autowired
	JobRows rows;

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
		assertThat(this.turns.organizationAfter(before(this.organization), ANY, true))
			.isNotEqualTo(Optional.of(this.organization));
		assertThat(this.statements.admit(10)).isEmpty();
		this.rows.set(later, "run_at = now()");
		assertThat(this.statements.admit(10)).containsExactly("auto_coding");
		assertThat(ids(claim(10))).containsExactly(later.value());
	}

	@Test
	void onlyTheTypesAskedForAreClaimed() {
		JobId coding = this.rows.insert(this.organization, "type", "'auto_coding'");
		JobId codebook = this.rows.insert(this.organization, "type", "'codebook_generation'");
		JobId call = this.rows.insert(this.organization, "type", "'one_call'");
		assertThat(ids(claimOf("one_call"))).containsExactly(call.value());
		assertThat(ids(claimOf("auto_coding", "codebook_generation"))).containsExactlyInAnyOrder(coding.value(),
				codebook.value());
	}

	@Test
	void someTypesComeInTheOrderOfAll() {
		String[] codebook = { "type", "'codebook_generation'" };
		JobId third = this.rows.insertAged(this.organization, "1 minute", codebook);
		JobId second = this.rows.insertAged(this.organization, "2 minutes");
		this.rows.insertAged(this.organization, "3 minutes", "type", "'one_call'");
		JobId first = this.rows.insert(this.organization, "type", "'codebook_generation'", "priority", "1");
		JobId fourth = this.rows.insert(this.organization);
		Claim two = of("auto_coding", "codebook_generation");
		assertThat(ids(this.statements.claim(this.organization, two, 3))).containsExactly(first.value(), second.value(),
				third.value());
		assertThat(ids(this.statements.claim(this.organization, two, 3))).containsExactly(fourth.value());
	}

	@Test
	void jobsOfALaterTimeAreLetInLongestDueFirstAndByOneInstance() {
		JobId late = this.rows.insert(this.organization, "run_at", "now() - interval '1 minute'");
		JobId later = this.rows.insert(this.organization, "run_at", "now() - interval '2 minutes'");
		assertThat(this.statements.admit(1)).hasSize(1);
		assertThat(ids(claim(10))).containsExactly(later.value());
		assertThat(Race.of(() -> this.statements.admit(10), () -> this.statements.admit(10))
			.stream()
			.flatMap(List::stream)).hasSize(1);
		assertThat(ids(claim(10))).containsExactly(late.value());
	}

	@Test
	void noMoreAreLetInAtOnceThanTheLimitHoweverManyAreDueAtOneInstant() {
		this.rows.insertMany(this.organization, 10, "run_at", "timestamptz '2026-11-23 00:00Z'");
		assertThat(this.statements.admit(4)).hasSize(4);
		assertThat(claim(10)).hasSize(4);
		assertThat(this.statements.admit(10)).hasSize(6);
	}

	@Test
	void whoMeetsAnotherLettingJobsInDoesNotWait() {
		this.rows.insert(this.organization, "run_at", "now()");
		new TransactionTemplate(this.transactions).executeWithoutResult((_) -> {
			assertThat(this.statements.admit(10)).hasSize(1);
			assertThat(Race.of(() -> this.statements.admit(10))).containsExactly(List.of());
		});
		assertThat(claim(10)).hasSize(1);
	}

	@Test
	void lookTellsHowManyThereAreAndWhetherAnyIsDue() {
		Map<String, Integer> most = Map.of("auto_coding", 2, "one_call", 2);
		assertThat(this.statements.claimable(most))
			.isEqualTo(new Claimable(Map.of("auto_coding", 0, "one_call", 0), false));
		IntStream.range(0, 3).forEach((_) -> this.rows.insert(this.organization));
		this.rows.insert(this.organization, "type", "'codebook_generation'");
		JobId later = this.rows.insert(this.organization, "type", "'one_call'", "run_at",
				"now() + interval '1 minute'");
		assertThat(this.statements.claimable(most))
			.isEqualTo(new Claimable(Map.of("auto_coding", 2, "one_call", 0), false));
		this.rows.set(later, "run_at = now()");
		assertThat(this.statements.claimable(most))
			.isEqualTo(new Claimable(Map.of("auto_coding", 2, "one_call", 0), true));
	}

	@Test
	void expiredJobIsNotClaimed() {
		this.rows.insertAged(this.organization, "24 hours 1 minute");
		assertThat(claim(10)).isEmpty();
		assertThat(this.turns.organizationAfter(before(this.organization), ANY, true))
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
		assertThat(this.turns.organizationAfter(before(this.organization), ANY, true)).contains(this.organization);
		String other = JobRows.organization();
		this.rows.insert(other, "type", "'one_call'");
		Claim onlyCalls = of("one_call");
		assertThat(this.turns.organizationAfter(other, onlyCalls, true)).contains(other);
		claim(1);
		this.statements.claim(other, ANY, 1);
		assertThat(this.turns.organizationAfter(other, onlyCalls, true)).isEmpty();
	}

	private List<ClaimedJob> claim(int limit) {
		return claim(limit, 60);
	}

	private List<ClaimedJob> claim(int limit, int leaseSeconds) {
		return this.statements.claim(this.organization, new Claim("test", JobType.allWire(), limit, leaseSeconds),
				limit);
	}

	private List<ClaimedJob> claimOf(String... types) {
		return this.statements.claim(this.organization, of(types), 10);
	}

	private static Claim of(String... types) {
		return new Claim("test", List.of(types), 10, 60);
	}

	private static List<String> ids(List<ClaimedJob> jobs) {
		return jobs.stream().map(ClaimedJob::id).toList();
	}

	// The greatest organization that comes before this one, near enough.
	private static String before(String organization) {
		return organization.substring(0, organization.length() - 1);
	}

}
