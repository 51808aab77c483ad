package io.surveycoder.jobs.job.work;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;

import io.surveycoder.jobs.job.JobError;
import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.JobType;
import io.surveycoder.jobs.testing.JobRows;
import io.surveycoder.jobs.testing.Race;
import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The statement that fails many attempts, beside that for one, whose semantics it has.
 */
@ServiceTest
class FailureDbTests {

	private static final JobError ERROR = new JobError("CODING_FAILED", "It did not work: \u00e9\ud83d\ude00");

	@Autowired
	FailureStatements statements;

	@Autowired
	LeaseStatements one;

	@Autowired
	ClaimStatements queue;

	@Autowired
	JobRows rows;

	@Autowired
	Backoff backoff;

	private final String organization = JobRows.organization();

	@ParameterizedTest
	@CsvSource({ "1,2,true", "2,2,true", "3,9,true", "8,100,true", "99,100,true", "100,100,true", "1,9,false",
			"1,1,false" })
	void rowIsTheSameAsAfterTheStatementForOne(int attempt, int most, boolean retry) {
		String[] columns = { "attempt", String.valueOf(attempt - 1), "max_attempts", String.valueOf(most), "total",
				"10", "processed", "4" };
		ClaimedJob single = hold(columns);
		ClaimedJob among = hold(columns);
		String status = this.one
			.fail(token(single), new JobId(single.id()), ERROR, retry, this.backoff.secondsByAttempt(), 0.75)
			.orElseThrow()
			.status();
		assertThat(this.statements.apply(List.of(failure(hold(), true, 1), failure(among, retry, 0.75))))
			.isEqualTo(Map.of(0, "queued", 1, status));
		String row = """
				concat_ws('/', status, attempt, processed, total, error_code, error_message, lease_expires_at, result,
				  lease_seconds, round(extract(epoch from run_at - updated_at), 1))
				""";
		assertThat(this.rows.value(new JobId(among.id()), row, String.class))
			.isEqualTo(this.rows.value(new JobId(single.id()), row, String.class));
		assertThat(this.rows.value(new JobId(among.id()), "lease_token", UUID.class)).isEqualTo(token(among).secret());
	}

	@Test
	void jobsOfManyOrganizationsAreFailedInOneStatement() {
		List<ClaimedJob> jobs = IntStream.range(0, 20).mapToObj((_) -> holdOf(JobRows.organization())).toList();
		assertThat(this.statements.apply(jobs.stream().map((job) -> failure(job, false, 1)).toList()).values())
			.hasSize(20)
			.containsOnly("failed");
	}

	@Test
	void tokenThatDoesNotHoldTheJobChangesNothingAndIsNoRepeat() {
		ClaimedJob job = hold();
		ClaimedJob other = hold();
		String before = this.rows.row(new JobId(job.id()));
		List<AttemptFailure> wrong = List.of(failure(job.id(), new LeaseToken(this.organization, UUID.randomUUID())),
				failure(job.id(), new LeaseToken(JobRows.organization(), token(job).secret())),
				failure(job.id(), token(other)), failure("job_ffffffffffffffffffffffff", token(job)));
		assertThat(this.statements.apply(wrong)).isEmpty();
		assertThat(this.rows.row(new JobId(job.id()))).isEqualTo(before);
		// The job of another organization is not there, nor is one that never was.
		assertThat(this.statements.repeats(wrong)).isEqualTo(Map.of(0, Optional.empty(), 2, Optional.empty()));
	}

	@Test
	void repeatIsTheSameErrorThatWouldLeadWhereTheJobIs() {
		ClaimedJob queued = hold();
		ClaimedJob last = hold("max_attempts", "1");
		ClaimedJob given = hold();
		this.statements.apply(List.of(failure(queued, true, 1), failure(last, true, 1), failure(given, false, 1)));
		AttemptFailure other = new AttemptFailure(new JobId(queued.id()), token(queued), new JobError("E", "m"), true,
				1);
		assertThat(this.statements
			.repeats(List.of(failure(queued, true, 1), failure(queued, false, 1), failure(last, true, 1),
					failure(last, false, 1), failure(given, false, 1), failure(given, true, 1), other)))
			.isEqualTo(Map.of(0, Optional.of("queued"), 1, Optional.empty(), 2, Optional.of("failed"), 3,
					Optional.of("failed"), 4, Optional.of("failed"), 5, Optional.empty(), 6, Optional.empty()));
	}

	@Test
	void jobPastItsDayIsNotThere() {
		JobId id = this.rows.insertAged(this.organization, "24 hours", "status", "'processing'", "lease_token",
				"gen_random_uuid()", "lease_seconds", "60", "lease_expires_at", "now() + interval '1 minute'");
		List<AttemptFailure> late = List
			.of(failure(id.value(), new LeaseToken(this.organization, this.rows.value(id, "lease_token", UUID.class))));
		assertThat(this.statements.apply(late)).isEmpty();
		assertThat(this.statements.repeats(late)).isEmpty();
	}

	@Test
	void ofTwoFailuresAtTheSameMomentOneIsAccepted() {
		for (int round = 0; round < 10; round++) {
			ClaimedJob job = hold();
			assertThat(Race.of(() -> this.statements.apply(List.of(failure(job, true, 1))).size(),
					() -> this.one
						.fail(token(job), new JobId(job.id()), ERROR, false, this.backoff.secondsByAttempt(), 1)
						.isPresent() ? 1 : 0))
				.containsExactlyInAnyOrder(0, 1);
		}
	}

	private ClaimedJob hold(String... columns) {
		return holdOf(this.organization, columns);
	}

	private ClaimedJob holdOf(String organization, String... columns) {
		this.rows.insert(organization, columns);
		return this.queue.claim(organization, new Claim("test", JobType.allWire(), 1, 60), 1).getFirst();
	}

	private static LeaseToken token(ClaimedJob job) {
		return LeaseToken.parse(job.leaseToken()).orElseThrow();
	}

	private static AttemptFailure failure(ClaimedJob job, boolean retry, double spread) {
		return new AttemptFailure(new JobId(job.id()), token(job), ERROR, retry, spread);
	}

	private static AttemptFailure failure(String id, LeaseToken token) {
		return new AttemptFailure(new JobId(id), token, ERROR, true, 1);
	}

}
