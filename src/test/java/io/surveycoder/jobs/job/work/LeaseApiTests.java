package io.surveycoder.jobs.job.work;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.stream.Stream;

import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.JobType;
import io.surveycoder.jobs.testing.Answer;
import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.Api.Tenant;
import io.surveycoder.jobs.testing.JobRows;
import io.surveycoder.jobs.testing.Race;
import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Contract §2, Work: what a token is good for, and what its repeats get.
 */
@ServiceTest
class LeaseApiTests {

	private static final Claim ANY = new Claim("test", JobType.allWire(), 1, 60);

	private static final Map<String, String> VERBS = Map.of("progress", ",\"processed\":0", "complete",
			",\"result\":{}", "fail", ",\"error\":{\"code\":\"E\",\"message\":\"m\"}", "release", "");

	@Autowired
	Api api;

	@Autowired
	JobRows rows;

	@Autowired
	ClaimStatements queue;

	@Autowired
	ExpiredLeases expiredLeases;

	private final String organization = JobRows.organization();

	/**
	 * How a token came to hold nothing; each returns it for the job.
	 */
	enum Stale {

		SWEPT((test, job) -> {
			String token = test.claim(job);
			test.rows.set(job, "lease_expires_at = now() - interval '1 second'");
			test.expiredLeases.sweep();
			return token;
		}), SWEPT_ON_THE_LAST_ATTEMPT((test, job) -> {
			test.rows.set(job, "max_attempts = 1");
			String token = test.claim(job);
			test.rows.set(job, "lease_expires_at = now() - interval '1 second'");
			test.expiredLeases.sweep();
			return token;
		}), RELEASED((test, job) -> {
			String token = test.claim(job);
			test.call(job, "release", token, "");
			return token;
		}), CLAIMED_ANEW((test, job) -> {
			String token = test.claim(job);
			test.call(job, "release", token, "");
			test.claim(job);
			return token;
		}), FAILED_AND_CLAIMED_ANEW((test, job) -> {
			String token = test.claim(job);
			test.call(job, "fail", token, VERBS.get("fail"));
			test.rows.set(job, "run_at = null");
			test.claim(job);
			return token;
		}), OF_ANOTHER_JOB((test, job) -> {
			JobId other = test.rows.insert(test.organization, "priority", "1");
			String token = test.claim(other);
			test.claim(job);
			return token;
		}), OF_ANOTHER_ORGANIZATION((test, job) -> {
			test.claim(job);
			String other = JobRows.organization();
			test.rows.insert(other);
			return test.queue.claim(other, ANY, 1).getFirst().leaseToken();
		}), OF_ANOTHER_ORGANIZATION_WITH_THE_SAME_SECRET((test, job) -> {
			test.claim(job);
			return new LeaseToken(JobRows.organization(), test.rows.value(job, "lease_token", UUID.class)).wire();
		}), NEVER_GIVEN((test, job) -> new LeaseToken(test.organization, UUID.randomUUID()).wire()),
		GARBAGE((test, job) -> {
			test.claim(job);
			return "garbage";
		}), EMPTY((test, job) -> {
			test.claim(job);
			return "";
		});

		private final BiFunction<LeaseApiTests, JobId, String> token;

		Stale(BiFunction<LeaseApiTests, JobId, String> token) {
			this.token = token;
		}

	}

	@ParameterizedTest
	@EnumSource
	void staleTokenIsRefusedAndNothingChanges(Stale stale) {
		JobId job = this.rows.insert(this.organization, "max_attempts", "5");
		String token = stale.token.apply(this, job);
		String before = this.rows.row(job);
		VERBS.forEach((verb, members) -> {
			Answer answer = call(job, verb, token, members);
			assertThat(answer.status()).as(verb + " " + answer).isEqualTo(409);
			assertThat(answer.errorCode()).isEqualTo("INVALID_STATE");
			assertThat(this.rows.row(job)).as(verb).isEqualTo(before);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "job_000000000000000000000000", "job_ffffffffffffffffffffffff", "job_1", "JOB", "%20",
			"job_00000000000000000000000G" })
	void unknownJobIsNotFoundWhateverTheToken(String id) {
		String token = new LeaseToken(this.organization, UUID.randomUUID()).wire();
		for (String any : List.of(token, "garbage")) {
			VERBS.forEach((verb, members) -> {
				Answer answer = this.api.post("/internal/v1/jobs/" + id + "/" + verb,
						"{\"lease_token\":\"" + any + "\"" + members + "}");
				assertThat(answer.status()).as(verb + " " + answer).isEqualTo(404);
				assertThat(answer.errorMessage()).isEqualTo("Job not found");
			});
		}
	}

	@Test
	void jobPastItsDayIsNotFoundAndNothingChanges() {
		String[] held = { "status", "'processing'", "attempt", "1", "lease_token", "gen_random_uuid()", "lease_seconds",
				"60", "lease_expires_at", "now() + interval '1 minute'" };
		JobId expired = this.rows.insertAged(this.organization, "24 hours", held);
		JobId living = this.rows.insertAged(this.organization, "23 hours 59 minutes", held);
		String before = this.rows.row(expired);
		VERBS.forEach((verb, members) -> {
			for (String token : List.of(token(expired), token(living), "garbage")) {
				assertThat(call(expired, verb, token, members).status()).as(verb).isEqualTo(404);
			}
		});
		assertThat(this.rows.row(expired)).isEqualTo(before);
		assertThat(call(living, "complete", token(living), ",\"result\":{}").status()).isEqualTo(200);
	}

	@Test
	void repeatedCompletionGetsTheSameAnswer() {
		JobId job = this.rows.insert(this.organization);
		String token = claim(job);
		Answer first = call(job, "complete", token, ",\"result\":{\"n\":1.0, \"n\":2}");
		String stored = this.rows.row(job);
		Answer again = call(job, "complete", token, ",\"result\":{\"n\":1.0, \"n\":2}");
		assertThat(again.status()).isEqualTo(first.status()).isEqualTo(200);
		assertThat(again.body()).isEqualTo(first.body());
		for (String other : List.of("{}", "{\"n\":1.00, \"n\":2}", "{\"n\":1.0,\"n\":2}")) {
			assertThat(call(job, "complete", token, ",\"result\":" + other).errorCode()).isEqualTo("INVALID_STATE");
		}
		for (String verb : List.of("progress", "fail", "release")) {
			assertThat(call(job, verb, token, VERBS.get(verb)).errorCode()).isEqualTo("INVALID_STATE");
		}
		assertThat(this.rows.row(job)).isEqualTo(stored);
	}

	@ParameterizedTest
	@CsvSource({ "3,true,queued", "1,true,failed", "3,false,failed" })
	void repeatedFailureGetsTheSameAnswer(int maxAttempts, boolean retry, String status) {
		JobId job = this.rows.insert(this.organization, "max_attempts", String.valueOf(maxAttempts));
		String token = claim(job);
		String members = ",\"error\":{\"code\":\"E\",\"message\":\"m\"},\"retry\":" + retry;
		Answer first = call(job, "fail", token, members);
		assertThat(first.data().get("status").stringValue()).isEqualTo(status);
		String stored = this.rows.row(job);
		Answer again = call(job, "fail", token, members);
		assertThat(again.status()).isEqualTo(first.status()).isEqualTo(200);
		assertThat(again.body()).isEqualTo(first.body());
		for (String other : List.of(members.replace("\"E\"", "\"F\""), members.replace("\"m\"", "\"n\""))) {
			assertThat(call(job, "fail", token, other).errorCode()).isEqualTo("INVALID_STATE");
		}
		assertThat(call(job, "complete", token, ",\"result\":{}").errorCode()).isEqualTo("INVALID_STATE");
		assertThat(this.rows.row(job)).isEqualTo(stored);
	}

	@Test
	void failureThatWouldHaveLedElsewhereIsNoRepeat() {
		JobId job = this.rows.insert(this.organization);
		String token = claim(job);
		call(job, "fail", token, VERBS.get("fail") + ",\"retry\":true");
		assertThat(call(job, "fail", token, VERBS.get("fail") + ",\"retry\":false").status()).isEqualTo(409);
		JobId other = this.rows.insert(this.organization);
		String otherToken = claim(other);
		call(other, "fail", otherToken, VERBS.get("fail") + ",\"retry\":false");
		assertThat(call(other, "fail", otherToken, VERBS.get("fail") + ",\"retry\":true").status()).isEqualTo(409);
	}

	@ParameterizedTest
	@ValueSource(strings = { "complete", "fail" })
	void sameOutcomeSentTwiceAtOnceIsAcceptedTwice(String verb) {
		for (int round = 0; round < 10; round++) {
			JobId job = this.rows.insert(this.organization, "max_attempts", (round % 2 == 0) ? "1" : "3");
			String token = claim(job);
			List<Answer> answers = Race.of(() -> call(job, verb, token, VERBS.get(verb)),
					() -> call(job, verb, token, VERBS.get(verb)));
			assertThat(answers).extracting(Answer::status).containsExactly(200, 200);
			assertThat(answers.getFirst().body()).isEqualTo(answers.getLast().body());
		}
	}

	@Test
	void oneOfTwoDifferentResultsAtOnceIsAccepted() {
		for (int round = 0; round < 10; round++) {
			JobId job = this.rows.insert(this.organization);
			String token = claim(job);
			List<Answer> answers = Race.of(() -> call(job, "complete", token, ",\"result\":{\"n\":1}"),
					() -> call(job, "complete", token, ",\"result\":{\"n\":2}"));
			assertThat(answers).extracting(Answer::status).containsExactlyInAnyOrder(200, 409);
			int winner = (answers.getFirst().status() == 200) ? 1 : 2;
			assertThat(this.rows.value(job, "result::text", String.class)).isEqualTo("{\"n\":" + winner + "}");
		}
	}

	@Test
	void progressPastTheTotalIsInvalidAndTheLeaseStays() {
		JobId job = this.rows.insert(this.organization, "total", "10");
		String token = claim(job);
		String before = this.rows.row(job);
		for (String members : List.of(",\"processed\":11", ",\"processed\":5,\"total\":4", ",\"processed\":-1",
				",\"processed\":2147483648", ",\"processed\":1.0", ",\"processed\":\"1\"", ",\"processed\":null", "",
				",\"processed\":0,\"total\":-1", ",\"processed\":0,\"total\":2147483648",
				",\"processed\":0,\"lease_seconds\":4", ",\"processed\":0,\"lease_seconds\":3601",
				",\"processed\":0,\"extra\":1")) {
			Answer answer = call(job, "progress", token, members);
			assertThat(answer.errorCode()).as(members).isEqualTo("VALIDATION_ERROR");
			assertThat(this.rows.row(job)).isEqualTo(before);
		}
		assertThat(call(job, "progress", token, ",\"processed\":10,\"lease_seconds\":5").data().propertyNames())
			.containsExactly("lease_expires_at");
		assertThat(
				call(job, "progress", token, ",\"processed\":0,\"total\":2147483647,\"lease_seconds\":3600").status())
			.isEqualTo(200);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			complete |
			complete | ,"result":null
			complete | ,"result":[]
			complete | ,"result":"{}"
			complete | ,"result":{},"extra":1
			fail     |
			fail     | ,"error":{"code":"E"}
			fail     | ,"error":{"message":"m"}
			fail     | ,"error":{"code":"","message":"m"}
			fail     | ,"error":{"code":"E\\u0000","message":"m"}
			fail     | ,"error":{"code":"E","message":"\\ud800"}
			fail     | ,"error":{"code":"E","message":"m","extra":1}
			fail     | ,"error":"E"
			fail     | ,"error":{"code":"E","message":"m"},"retry":"true"
			fail     | ,"error":{"code":"E","message":"m"},"retry":1
			release  | ,"extra":1
			""")
	void badCallIsInvalidAndNothingChanges(String verb, String members) {
		JobId job = this.rows.insert(this.organization);
		String token = claim(job);
		String before = this.rows.row(job);
		Answer answer = call(job, verb, token, (members != null) ? members : "");
		assertThat(answer.errorCode()).as(answer.toString()).isEqualTo("VALIDATION_ERROR");
		assertThat(this.rows.row(job)).isEqualTo(before);
	}

	@ParameterizedTest
	@ValueSource(strings = { "progress", "complete", "fail", "release" })
	void callWithoutATokenIsInvalid(String verb) {
		JobId job = this.rows.insert(this.organization);
		for (String token : List.of("{\"lease_token\":null", "{\"lease_token\":1", "{\"a\":1")) {
			Answer answer = this.api.post("/internal/v1/jobs/" + job + "/" + verb, token + VERBS.get(verb) + "}");
			assertThat(answer.errorCode()).isEqualTo("VALIDATION_ERROR");
		}
	}

	@Test
	void errorOfUsualAndUnusualLengthIsShownAsItWasSent() {
		String code = "\ud83d\ude00".repeat(200);
		String message = "\u00e9\ud83d\ude00".repeat(32_768);
		Tenant tenant = this.api.tenant();
		JsonNode claimed = this.api.claim(this.api.submit(tenant, ",\"max_attempts\":1"));
		assertThat(this.api.work(claimed, "fail", ",\"error\":{\"code\":\"" + code + "x\",\"message\":\"m\"}")
			.errorMessage()).contains("error.code");
		assertThat(this.api.work(claimed, "fail", ",\"error\":{\"code\":\"E\",\"message\":\"" + message + "x\"}")
			.errorMessage()).contains("error.message");
		Answer failed = this.api.work(claimed, "fail",
				",\"error\":{\"code\":\"" + code + "\",\"message\":\"" + message + "\"}");
		assertThat(failed.data().at("/error/code").stringValue()).isEqualTo(code);
		assertThat(failed.data().at("/error/message").stringValue()).isEqualTo(message);
		assertThat(this.api.get("/v2/jobs/" + claimed.get("id").stringValue(), tenant.key()).body())
			.isEqualTo(failed.body());
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "{\"worker\":\"\"}", "{\"worker\":null}", "{\"worker\":1}",
			"{\"worker\":\"\\u0000\"}", "{\"worker\":\"w\",\"types\":[]}", "{\"worker\":\"w\",\"types\":[\"video\"]}",
			"{\"worker\":\"w\",\"types\":[null]}", "{\"worker\":\"w\",\"types\":\"one_call\"}",
			"{\"worker\":\"w\",\"types\":[\"ONE_CALL\"]}", "{\"worker\":\"w\",\"limit\":0}",
			"{\"worker\":\"w\",\"limit\":101}", "{\"worker\":\"w\",\"limit\":1.0}",
			"{\"worker\":\"w\",\"limit\":\"1\"}", "{\"worker\":\"w\",\"lease_seconds\":4}",
			"{\"worker\":\"w\",\"lease_seconds\":3601}", "{\"worker\":\"w\",\"extra\":1}", "[]", "", "null" })
	void badClaimIsInvalid(String body) {
		Answer answer = this.api.post("/internal/v1/jobs/claim", body);
		assertThat(answer.errorCode()).as(answer.toString()).isEqualTo("VALIDATION_ERROR");
	}

	@Test
	void workersNameHasAtMostAHundredCharacters() {
		String hundred = "\ud83d\ude00".repeat(100);
		assertThat(this.api.post("/internal/v1/jobs/claim", "{\"worker\":\"" + hundred + "\"}").status())
			.isEqualTo(200);
		assertThat(this.api.post("/internal/v1/jobs/claim", "{\"worker\":\"" + hundred + "x\"}").errorMessage())
			.startsWith("worker");
	}

	@Test
	void claimHasExactlyTheMembersOfTheContract() {
		Tenant tenant = this.api.tenant();
		JsonNode claimed = this.api.claim(this.api.submit(tenant, ",\"total\":7"));
		assertThat(claimed.propertyNames()).containsExactly("id", "type", "organization_id", "attempt", "total",
				"payload", "metadata", "lease_token", "lease_expires_at");
		assertThat(claimed.get("organization_id").stringValue()).isEqualTo(tenant.organization());
		assertThat(claimed.get("attempt").intValue()).isOne();
		assertThat(claimed.get("total").intValue()).isEqualTo(7);
		assertThat(claimed.get("payload").toString()).isEqualTo("{}");
		assertThat(claimed.get("metadata").toString()).isEqualTo("{}");
		assertThat(claimed.get("lease_expires_at").stringValue())
			.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
	}

	@Test
	void failureIsClaimableAgainOnlyAfterItsBackoff() {
		for (int attempt = 1; attempt <= 3; attempt++) {
			JobId job = this.rows.insert(this.organization, "attempt", String.valueOf(attempt - 1), "max_attempts",
					"9");
			call(job, "fail", claim(job), VERBS.get("fail"));
			double expected = 5 * Math.pow(2, attempt - 1);
			assertThat(this.rows.value(job, "extract(epoch from run_at - updated_at)", Double.class))
				.isBetween(expected * 0.8 - 0.1, expected * 1.2 + 0.1);
		}
	}

	@Test
	void failuresAtOnceDoNotComeBackTogether() {
		List<JobId> jobs = Stream.generate(() -> this.rows.insert(this.organization)).limit(10).toList();
		assertThat(jobs.stream().map((job) -> {
			call(job, "fail", claim(job), VERBS.get("fail"));
			return this.rows.value(job, "round(extract(epoch from run_at - updated_at), 1)", Double.class);
		}).distinct().count()).isGreaterThan(1);
	}

	private String claim(JobId job) {
		this.rows.set(job, "priority = 100");
		ClaimedJob claimed = this.queue.claim(this.organization, ANY, 1).getFirst();
		assertThat(claimed.id()).isEqualTo(job.value());
		return claimed.leaseToken();
	}

	private String token(JobId job) {
		return new LeaseToken(this.organization, this.rows.value(job, "lease_token", UUID.class)).wire();
	}

	private Answer call(JobId job, String verb, String token, String members) {
		return this.api.post("/internal/v1/jobs/" + job + "/" + verb,
				"{\"lease_token\":\"" + token + "\"" + members + "}");
	}

}
