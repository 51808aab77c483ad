package io.surveycoder.jobs.job.work;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

import io.surveycoder.jobs.http.RawJson;
import io.surveycoder.jobs.job.JobError;
import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.JobType;
import io.surveycoder.jobs.job.JobView;
import io.surveycoder.jobs.testing.JobRows;
import io.surveycoder.jobs.testing.Race;
import io.surveycoder.jobs.testing.ServiceTest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a worker may do with a job that it holds: each statement where it applies, where
 * it changes no row, and against another at the same moment.
 */
@ServiceTest
class TransitionDbTests {

	private static final Double[] DELAYS = { 10.0, 20.0, 40.0 };

	private static final JobError ERROR = new JobError("CODING_FAILED", "It did not work: \u00e9\ud83d\ude00");

	@Autowired
	LeaseStatements statements;

	@Autowired
	ProgressStatements progress;

	@Autowired
	ClaimStatements queue;

	@Autowired
	JobRows rows;

	@Autowired
	PlatformTransactionManager transactions;

	private final String organization = JobRows.organization();

	private JobId id;

	private LeaseToken token;

	@Test
	void progressIsRecordedAndRenewsTheLeaseForItsOwnLength() {
		hold(40, "total", "10");
		this.rows.set(this.id, "lease_expires_at = now() - interval '1 minute'");
		Instant until = progress(4, null, null).orElseThrow();
		assertThat(until).isEqualTo(this.rows.value(this.id, "lease_expires_at", OffsetDateTime.class).toInstant());
		assertThat(holds("processed = 4 and total = 10 and status = 'processing' and lease_seconds = 40")).isTrue();
		assertThat(holds("lease_expires_at - now() between interval '35 s' and interval '40 s'")).isTrue();
	}

	@Test
	void progressMayGiveTheLeaseANewLengthThatStays() {
		hold(40);
		progress(0, null, 3600).orElseThrow();
		assertThat(holds("lease_expires_at - now() between interval '3590 s' and interval '3600 s'")).isTrue();
		progress(0, null, null).orElseThrow();
		assertThat(holds("lease_expires_at - now() between interval '3590 s' and interval '3600 s'")).isTrue();
	}

	@Test
	void progressMayChangeTheTotal() {
		hold(60, "total", "10");
		progress(12, 20, null).orElseThrow();
		assertThat(holds("processed = 12 and total = 20")).isTrue();
		progress(3, 3, null).orElseThrow();
		assertThat(holds("processed = 3 and total = 3")).isTrue();
		progress(Integer.MAX_VALUE, Integer.MAX_VALUE, null).orElseThrow();
		progress(0, 0, null).orElseThrow();
		assertThat(holds("processed = 0 and total = 0")).isTrue();
	}

	@Test
	void progressPastTheTotalChangesNothing() {
		hold(60, "total", "10");
		assertUnchanged(() -> progress(11, null, null));
		assertUnchanged(() -> progress(11, 10, null));
		assertUnchanged(() -> progress(5, 4, 3600));
	}

	@Test
	void completionStoresTheResultAndEndsTheLease() {
		hold(60, "total", "10", "error_code", "'E'", "error_message", "'of the attempt before'");
		JobView job = this.statements.complete(this.token, this.id, new RawJson("{\"n\" :1.0}")).orElseThrow();
		assertThat(job).isEqualTo(new JobView(this.id.value(), "auto_coding", "completed", 10, 10,
				this.rows.value(this.id, "updated_at", OffsetDateTime.class).toInstant(), "{\"n\" :1.0}", null, null));
		assertThat(holds("error_code is null and lease_expires_at is null")).isTrue();
		assertThat(this.rows.value(this.id, "lease_token", UUID.class)).isEqualTo(this.token.secret());
	}

	@ParameterizedTest
	@CsvSource({ "1,10", "2,20", "3,40", "4,40", "99,40" })
	void failureRestsForTheDelayOfItsAttempt(int attempt, int seconds) {
		hold(60, "attempt", String.valueOf(attempt - 1), "max_attempts", "100");
		JobView job = this.statements.fail(this.token, this.id, ERROR, true, DELAYS, 1).orElseThrow();
		assertThat(job.status()).isEqualTo("queued");
		assertThat(job.error()).isNull();
		assertThat(holds("abs(extract(epoch from run_at - updated_at) - " + seconds + ") < 0.1")).isTrue();
		assertThat(claim()).isEmpty();
	}

	@Test
	void failureOnTheLastAttemptIsFinal() {
		hold(60, "total", "10", "processed", "4", "attempt", "2");
		JobView job = this.statements.fail(this.token, this.id, ERROR, true, DELAYS, 1).orElseThrow();
		assertThat(job.status()).isEqualTo("failed");
		assertThat(job.error()).isEqualTo(ERROR);
		assertThat(job.progress().processed()).isEqualTo(4);
		assertThat(holds("lease_expires_at is null and result is null")).isTrue();
	}

	@Test
	void failureThatMakesNoSenseToRetryIsFinal() {
		hold(60);
		assertThat(this.statements.fail(this.token, this.id, ERROR, false, DELAYS, 1).orElseThrow().status())
			.isEqualTo("failed");
		assertThat(claim()).isEmpty();
	}

	@Test
	void jobOfOneAttemptFailsAtOnce() {
		hold(60, "max_attempts", "1");
		assertThat(this.statements.fail(this.token, this.id, ERROR, true, DELAYS, 1).orElseThrow().status())
			.isEqualTo("failed");
	}

	@Test
	void releasedJobIsClaimableAtOnceAndTheAttemptDoesNotCount() {
		hold(60, "attempt", "2", "total", "10", "processed", "4");
		JobView job = this.statements.release(this.token, this.id).orElseThrow();
		assertThat(job.status()).isEqualTo("queued");
		assertThat(holds("lease_token is null and lease_expires_at is null")).isTrue();
		assertThat(claim()).extracting(ClaimedJob::attempt).containsExactly(3);
	}

	@Test
	void everyChangeMovesUpdatedAtOnWithinOneInstantToo() {
		this.id = this.rows.insert(this.organization, "total", "10");
		// One transaction is one instant: now() stands still.
		new TransactionTemplate(this.transactions).executeWithoutResult((_) -> {
			OffsetDateTime submitted = updatedAt();
			claimAndHold(60);
			OffsetDateTime claimed = updatedAt();
			progress(1, null, null).orElseThrow();
			OffsetDateTime progressed = updatedAt();
			this.statements.release(this.token, this.id).orElseThrow();
			OffsetDateTime released = updatedAt();
			claimAndHold(60);
			OffsetDateTime claimedAgain = updatedAt();
			this.statements.fail(this.token, this.id, ERROR, true, new Double[] { 0.0 }, 1).orElseThrow();
			OffsetDateTime failed = updatedAt();
			assertThat(this.queue.admit(1)).hasSize(1);
			claimAndHold(60);
			OffsetDateTime claimedLast = updatedAt();
			this.statements.complete(this.token, this.id, RawJson.EMPTY).orElseThrow();
			assertThat(
					List.of(submitted, claimed, progressed, released, claimedAgain, failed, claimedLast, updatedAt()))
				.isSorted()
				.doesNotHaveDuplicates();
		});
	}

	@Test
	void wrongTokenOrganizationOrIdChangesNothing() {
		hold(60, "total", "10");
		LeaseToken mine = this.token;
		JobId own = this.id;
		JobId another = this.rows.insert(this.organization);
		claimAndHold(60);
		assertThat(this.id).isEqualTo(another);
		LeaseToken forAnother = this.token;
		this.id = own;
		for (LeaseToken wrong : List.of(forAnother, new LeaseToken(this.organization, UUID.randomUUID()),
				new LeaseToken(JobRows.organization(), mine.secret()))) {
			this.token = wrong;
			assertAllUnchanged();
		}
	}

	@ParameterizedTest
	@CsvSource({ "completed,result,'''{}'''", "failed,error_message,'''m'''", "queued,error_message,'''m'''" })
	void tokenOfAJobThatIsNotProcessingChangesNothing(String status, String column, String value) {
		hold(60);
		this.rows.set(this.id, "status = '" + status + "', lease_expires_at = null, " + column + " = " + value
				+ (column.equals("result") ? "" : ", error_code = 'E'"));
		assertAllUnchanged();
	}

	@Test
	void jobPastItsDayCannotBeChangedByItsHolder() {
		this.id = this.rows.insertAged(this.organization, "24 hours", "status", "'processing'", "lease_token",
				"gen_random_uuid()", "lease_seconds", "60", "lease_expires_at", "now() + interval '1 minute'");
		this.token = new LeaseToken(this.organization, this.rows.value(this.id, "lease_token", UUID.class));
		assertAllUnchanged();
		assertThat(this.statements.standing(this.token, this.id, null)).isEmpty();
		assertThat(this.statements.exists(this.id)).isFalse();
	}

	@Test
	void oneOfTwoOutcomesAtTheSameMomentIsAccepted() {
		List<Supplier<Optional<?>>> outcomes = List.of(
				() -> this.statements.complete(this.token, this.id, RawJson.EMPTY),
				() -> this.statements.fail(this.token, this.id, ERROR, true, DELAYS, 1),
				() -> this.statements.fail(this.token, this.id, ERROR, false, DELAYS, 1),
				() -> this.statements.release(this.token, this.id));
		int priority = 0;
		for (Supplier<Optional<?>> one : outcomes) {
			for (Supplier<Optional<?>> other : outcomes) {
				// Before any that an earlier round released.
				hold(60, "priority", String.valueOf(++priority));
				Callable<Boolean> first = () -> one.get().isPresent();
				Callable<Boolean> second = () -> other.get().isPresent();
				assertThat(Race.of(first, second)).containsExactlyInAnyOrder(true, false);
			}
		}
	}

	@Test
	void outcomeThatWasRolledBackLeavesTheLeaseInForce() {
		hold(60);
		new TransactionTemplate(this.transactions).executeWithoutResult((transaction) -> {
			this.statements.complete(this.token, this.id, RawJson.EMPTY).orElseThrow();
			transaction.setRollbackOnly();
		});
		assertThat(this.statements.fail(this.token, this.id, ERROR, false, DELAYS, 1)).isPresent();
	}

	@Test
	void standingTellsTheTokenTheResultAndTheAttemptsLeft() {
		hold(60, "max_attempts", "2");
		assertThat(this.statements.standing(this.token, this.id, null).orElseThrow().isHeld()).isTrue();
		RawJson result = new RawJson("{\"n\":1.0}");
		this.statements.complete(this.token, this.id, result).orElseThrow();
		LeaseStanding standing = this.statements.standing(this.token, this.id, result).orElseThrow();
		assertThat(standing.sameToken()).isTrue();
		assertThat(standing.sameResult()).isTrue();
		assertThat(standing.lastAttempt()).isFalse();
		assertThat(
				this.statements.standing(this.token, this.id, new RawJson("{\"n\":1.00}")).orElseThrow().sameResult())
			.isFalse();
		assertThat(this.statements.standing(new LeaseToken(this.organization, UUID.randomUUID()), this.id, result)
			.orElseThrow()
			.sameToken()).isFalse();
		assertThat(
				this.statements.standing(new LeaseToken(JobRows.organization(), this.token.secret()), this.id, result))
			.isEmpty();
	}

	private Optional<Instant> progress(int processed, @Nullable Integer total, @Nullable Integer leaseSeconds) {
		return this.progress
			.record(List.of(new ProgressReport(this.id, this.token, processed, total, leaseSeconds)),
					ProgressStatements.ALONE)
			.getFirst();
	}

	private void assertAllUnchanged() {
		assertUnchanged(() -> progress(0, null, null));
		assertUnchanged(() -> this.statements.complete(this.token, this.id, RawJson.EMPTY));
		assertUnchanged(() -> this.statements.fail(this.token, this.id, ERROR, true, DELAYS, 1));
		assertUnchanged(() -> this.statements.release(this.token, this.id));
	}

	private void assertUnchanged(Supplier<Optional<?>> statement) {
		String before = this.rows.row(this.id);
		assertThat(statement.get()).isEmpty();
		assertThat(this.rows.row(this.id)).isEqualTo(before);
	}

	private void hold(int leaseSeconds, String... columns) {
		this.id = this.rows.insert(this.organization, columns);
		claimAndHold(leaseSeconds);
	}

	private void claimAndHold(int leaseSeconds) {
		List<ClaimedJob> claimed = claim(leaseSeconds);
		assertThat(claimed).hasSize(1);
		this.id = new JobId(claimed.getFirst().id());
		this.token = LeaseToken.parse(claimed.getFirst().leaseToken()).orElseThrow();
	}

	private List<ClaimedJob> claim() {
		return claim(60);
	}

	private List<ClaimedJob> claim(int leaseSeconds) {
		return this.queue.claim(this.organization, new Claim("test", JobType.allWire(), 1, leaseSeconds), 1);
	}

	private OffsetDateTime updatedAt() {
		return this.rows.value(this.id, "updated_at", OffsetDateTime.class);
	}

	private boolean holds(String condition) {
		return this.rows.value(this.id, condition, Boolean.class);
	}

}
