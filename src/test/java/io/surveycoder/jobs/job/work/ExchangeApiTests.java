package io.surveycoder.jobs.job.work;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.JobType;
import io.surveycoder.jobs.testing.Answer;
import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.JobRows;
import io.surveycoder.jobs.testing.Race;
import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Contract §2, exchange: turn in and take the next.
 */
@ServiceTest
class ExchangeApiTests {

	private static final String ERROR = "{\"code\":\"CODING_FAILED\",\"message\":\"no\"}";

	@Autowired
	Api api;

	@Autowired
	JobRows rows;

	@Autowired
	ClaimStatements queue;

	@Autowired
	WaitingClaims claims;

	@Autowired
	JdbcClient jdbc;

	private final String organization = JobRows.organization();

	@Test
	void workIsTurnedInAndTheNextIsLeased() {
		List<ClaimedJob> jobs = held(4);
		this.rows.insertMany(this.organization, 2, "payload", "'{\"n\": 1.0}'");
		Answer answer = exchange("\"complete\":[" + done(jobs.get(0), "{\"a\": 1.0}") + "," + done(jobs.get(1), "{}")
				+ "],\"fail\":[" + failed(jobs.get(2), "") + "," + failed(jobs.get(3), ",\"retry\":false")
				+ "],\"claim\":{\"worker\":\"next\",\"limit\":5,\"lease_seconds\":77}");
		assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
		assertThat(answer.data().propertyNames()).containsExactly("completed", "failed", "claimed");
		assertThat(answer.data().get("completed").toString())
			.isEqualTo("[{\"id\":\"%s\",\"status\":\"completed\"},{\"id\":\"%s\",\"status\":\"completed\"}]"
				.formatted(jobs.get(0).id(), jobs.get(1).id()));
		assertThat(answer.data().get("failed").toString())
			.isEqualTo("[{\"id\":\"%s\",\"status\":\"queued\"},{\"id\":\"%s\",\"status\":\"failed\"}]"
				.formatted(jobs.get(2).id(), jobs.get(3).id()));
		assertThat(answer.data().get("claimed")).hasSize(2).allSatisfy((job) -> {
			assertThat(job.propertyNames()).containsExactly("id", "type", "organization_id", "attempt", "total",
					"payload", "metadata", "lease_token", "lease_expires_at");
			assertThat(job.get("payload").toString()).isEqualTo("{\"n\":1.0}");
			assertThat(value(job.get("id").stringValue(),
					"status = 'processing' and worker = 'next' and lease_seconds = 77 and attempt = 1"))
				.isTrue();
			assertThat(this.api.work(job, "complete", ",\"result\":{}").status()).isEqualTo(200);
		});
		assertThat(value(jobs.get(0).id(), "status = 'completed' and result::text = '{\"a\": 1.0}'")).isTrue();
		assertThat(value(jobs.get(2).id(), """
				status = 'queued' and run_at - updated_at between interval '4 s' and interval '6 s'
				  and error_code = 'CODING_FAILED' and attempt = 1 and lease_expires_at is null
				""")).isTrue();
		assertThat(value(jobs.get(3).id(), "status = 'failed' and run_at is null and error_message = 'no'")).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "{\"complete\":[],\"fail\":[]}", "{\"complete\":null,\"fail\":null,\"claim\":null}",
			"{\"claim\":{\"worker\":\"w\"}}" })
	void whereThereIsNothingToDoTheAnswerIsEmpty(String body) {
		assertThat(this.api.post("/internal/v1/jobs/exchange", body).body())
			.isEqualTo("{\"success\":true,\"data\":{\"completed\":[],\"failed\":[],\"claimed\":[]}}");
	}

	@Test
	void nothingIsLeasedUnlessAskedFor() {
		ClaimedJob job = held(1).getFirst();
		JobId queued = this.rows.insert(this.organization);
		assertThat(exchange("\"complete\":[" + done(job, "{}") + "]").data().get("claimed")).isEmpty();
		assertThat(value(queued.value(), "status = 'queued'")).isTrue();
	}

	@Test
	void claimTakesTheDefaultsAndTheTypesOfAClaim() {
		this.rows.insert(this.organization, "type", "'one_call'", "priority", "100");
		JobId one = this.rows.insert(this.organization);
		this.rows.insert(this.organization);
		JsonNode claimed = exchange("\"claim\":{\"worker\":\"w\",\"types\":[\"auto_coding\"]}").data().get("claimed");
		assertThat(claimed).hasSize(1);
		assertThat(value(claimed.get(0).get("id").stringValue(), "lease_seconds = 60 and type = 'auto_coding'"))
			.isTrue();
		assertThat(one.value()).isLessThanOrEqualTo(claimed.get(0).get("id").stringValue());
	}

	@Test
	void jobWhoseTimeHasComeIsLeasedWhenThereIsNoOther() {
		ClaimedJob job = held(1).getFirst();
		JobId later = this.rows.insert(this.organization, "run_at", "now()");
		JsonNode claimed = exchange("\"complete\":[" + done(job, "{}") + "],\"claim\":{\"worker\":\"w\"}").data()
			.get("claimed");
		assertThat(claimed.get(0).get("id").stringValue()).isEqualTo(later.value());
	}

	@Test
	void eachEntryIsJudgedOnItsOwnAndAnsweredInItsPlace() {
		List<ClaimedJob> jobs = held(5);
		ClaimedJob released = jobs.get(0);
		ClaimedJob failedBefore = jobs.get(1);
		ClaimedJob failedForGood = jobs.get(2);
		ClaimedJob good = jobs.get(3);
		ClaimedJob other = jobs.get(4);
		call(released, "release", "");
		call(failedBefore, "fail", ",\"error\":" + ERROR);
		call(failedForGood, "fail", ",\"retry\":false,\"error\":" + ERROR);
		String neverGiven = new LeaseToken(this.organization, UUID.randomUUID()).wire();
		String before = this.rows.row(new JobId(other.id()));
		Answer answer = exchange("\"fail\":[" + String.join(",", failed(released, ""), failed(failedBefore, ""),
				failed(failedBefore, ",\"retry\":false"), failed(failedForGood, ",\"retry\":false"),
				failed(failedForGood, ""), failed(failedForGood, "").replace("\"no\"", "\"other\""),
				failed("job_ffffffffffffffffffffffff", neverGiven, ""), failed("nonsense", neverGiven, ""),
				failed(good, ""), failed(good, ""), failed(good, ",\"retry\":false"), failed(other.id(), "garbage", ""),
				failed(other.id(), neverGiven, "")) + "]");
		assertThat(answer.data()
			.get("failed")
			.valueStream()
			.map((entry) -> entry.has("status") ? entry.get("status").stringValue()
					: entry.at("/error/code").stringValue()))
			.containsExactly("INVALID_STATE", "queued", "INVALID_STATE", "failed", "INVALID_STATE", "INVALID_STATE",
					"NOT_FOUND", "NOT_FOUND", "queued", "queued", "INVALID_STATE", "INVALID_STATE", "INVALID_STATE");
		assertThat(this.rows.row(new JobId(other.id()))).isEqualTo(before);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			complete | "result":{} | "result":{}
			fail     | "error":{"code":"E","message":"m"} | "error":{"code":"E","message":"m"}
			""")
	void refusalsAreThoseOfTheCallForOneJob(String verb, String one, String many) {
		ClaimedJob job = held(1).getFirst();
		for (String[] call : new String[][] { { job.id(), "garbage" }, { "job_ffffffffffffffffffffffff", "garbage" },
				{ job.id(), new LeaseToken(this.organization, UUID.randomUUID()).wire() } }) {
			JsonNode alone = this.api
				.post("/internal/v1/jobs/" + call[0] + "/" + verb, "{\"lease_token\":\"" + call[1] + "\"," + one + "}")
				.json()
				.get("error");
			JsonNode among = exchange(
					"\"" + verb + "\":[{\"id\":\"" + call[0] + "\",\"lease_token\":\"" + call[1] + "\"," + many + "}]")
				.data()
				.at(verb.equals("fail") ? "/failed/0/error" : "/completed/0/error");
			assertThat(among.get("code")).isEqualTo(alone.get("code"));
			assertThat(among.get("message")).isEqualTo(alone.get("message"));
		}
	}

	@Test
	void jobCompletedAndFailedInOneExchangeIsCompleted() {
		ClaimedJob job = held(1).getFirst();
		JsonNode data = exchange("\"fail\":[" + failed(job, "") + "],\"complete\":[" + done(job, "{}") + "]").data();
		assertThat(data.at("/completed/0/status").stringValue()).isEqualTo("completed");
		assertThat(data.at("/failed/0/error/code").stringValue()).isEqualTo("INVALID_STATE");
		assertThat(value(job.id(), "status = 'completed' and error_code is null")).isTrue();
	}

	@Test
	void repeatedExchangeGetsTheSameAnswerForWhatWasTurnedInAndLeasesMore() {
		List<ClaimedJob> jobs = held(3);
		this.rows.insertMany(this.organization, 2);
		String body = "\"complete\":[" + done(jobs.get(0), "{}") + "],\"fail\":[" + failed(jobs.get(1), "") + ","
				+ failed(jobs.get(2), ",\"retry\":false") + "],\"claim\":{\"worker\":\"w\"}";
		JsonNode first = exchange(body).data();
		JsonNode second = exchange(body).data();
		assertThat(second.get("completed")).isEqualTo(first.get("completed"));
		assertThat(second.get("failed")).isEqualTo(first.get("failed"));
		assertThat(second.at("/claimed/0/id")).isNotEqualTo(first.at("/claimed/0/id"));
	}

	@Test
	void whatFailedTogetherDoesNotComeBackTogether() {
		List<ClaimedJob> jobs = held(50);
		exchange("\"fail\":[" + String.join(",", jobs.stream().map((job) -> failed(job, "")).toList()) + "]");
		assertThat(this.jdbc.sql("""
				select count(distinct run_at) > 40
				  and min(run_at - updated_at) >= interval '4 s' and max(run_at - updated_at) <= interval '6 s'
				from job where organization_id = ? and status = 'queued'
				""").param(this.organization).query(Boolean.class).single()).isTrue();
	}

	@Test
	void claimThatTheDatabaseRefusesTakesBackWhatWasTurnedIn() {
		ClaimedJob job = held(1).getFirst();
		this.rows.insert(this.organization);
		this.jdbc.sql("alter table job add constraint refused_by_a_test check (worker is distinct from 'refused')")
			.update();
		try {
			Answer answer = exchange("\"complete\":[" + done(job, "{}") + "],\"claim\":{\"worker\":\"refused\"}");
			assertThat(answer.status()).isEqualTo(500);
			assertThat(value(job.id(), "status = 'processing'")).isTrue();
		}
		finally {
			this.jdbc.sql("alter table job drop constraint refused_by_a_test").update();
		}
	}

	@Test
	void stoppingServiceTakesInWhatWasDoneAndGivesOutNothing() {
		List<ClaimedJob> jobs = held(2);
		JobId queued = this.rows.insert(this.organization);
		this.claims.stop();
		try {
			Answer answer = exchange("\"complete\":[" + done(jobs.get(0), "{}") + "],\"fail\":["
					+ failed(jobs.get(1), "") + "],\"claim\":{\"worker\":\"w\"}");
			assertThat(answer.status()).isEqualTo(200);
			assertThat(answer.header("Connection")).isEqualTo("close");
			assertThat(answer.data().at("/completed/0/status").stringValue()).isEqualTo("completed");
			assertThat(answer.data().at("/failed/0/status").stringValue()).isEqualTo("queued");
			assertThat(answer.data().get("claimed")).isEmpty();
			assertThat(value(queued.value(), "status = 'queued'")).isTrue();
		}
		finally {
			this.claims.start();
		}
	}

	@Test
	void exchangesOfTheSameJobsAtOnceAcceptOneOutcomeOfEachAndLeaseNoJobTwice() {
		for (int round = 0; round < 5; round++) {
			List<ClaimedJob> jobs = held(40);
			this.rows.insertMany(this.organization, 40);
			String one = body(jobs.subList(0, 20), jobs.subList(20, 40));
			// The other way round, and in another order: what these lock has none.
			String other = body(jobs.subList(20, 40).reversed(), jobs.subList(0, 20).reversed());
			List<JsonNode> answers = Race.of(() -> exchange(one).data(), () -> exchange(other).data());
			List<String> accepted = answers.stream()
				.flatMap((data) -> Stream.concat(data.get("completed").valueStream(), data.get("failed").valueStream()))
				.filter((entry) -> entry.has("status"))
				.map((entry) -> entry.get("id").stringValue())
				.toList();
			assertThat(accepted).doesNotHaveDuplicates().hasSize(40);
			assertThat(answers.stream()
				.flatMap((data) -> data.get("claimed").valueStream())
				.map((job) -> job.get("id").stringValue())).doesNotHaveDuplicates();
			assertThat(this.jdbc.sql("select max(attempt) from job where organization_id = ?")
				.param(this.organization)
				.query(Integer.class)
				.single()).isOne();
			this.jdbc.sql("delete from job where organization_id = ?").param(this.organization).update();
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					{"claim":{"worker":"w","wait_seconds":1}} | Unknown field claim.wait_seconds
					{"claim":{"worker":"w","wait_seconds":0}} | Unknown field claim.wait_seconds
					{"claim":{}}                              | claim.worker is required
					{"claim":{"worker":""}}                   | claim.worker must have 1 to 100 characters
					{"claim":{"worker":"w","limit":0}}        | claim.limit must be between 1 and 100
					{"claim":{"worker":"w","limit":101}}      | claim.limit must be between 1 and 100
					{"claim":{"worker":"w","lease_seconds":4}} | claim.lease_seconds must be between 5 and 3600
					{"claim":{"worker":"w","types":[]}}       | claim.types must be some of
					{"claim":{"worker":"w","types":["x"]}}    | claim.types must be some of
					{"claim":[]}                              | claim must be
					{"complete":{}}                           | complete must be an array
					{"complete":[null]}                       | complete[0] is required
					{"complete":[{"id":"a","lease_token":"b"}]} | complete[0].result is required
					{"complete":[{"id":"a","lease_token":"b","result":[]}]} | complete[0].result must be a JSON object
					{"complete":[{"id":"a","lease_token":"b","result":{},"retry":true}]} | Unknown field complete[0].retry
					{"fail":[{"id":"a","lease_token":"b"}]}   | fail[0].error is required
					{"fail":[{"id":"a","lease_token":"b","error":{"code":"","message":"m"}}]} | fail[0].error.code must have 1 to
					{"fail":[{"id":"a","lease_token":"b","error":{"code":"E","message":"\\u0000"}}]} | fail[0].error.message must
					{"fail":[{"lease_token":"b","error":{"code":"E","message":"m"}}]} | fail[0].id is required
					{"fail":[{"id":"a","lease_token":"b","error":{"code":"E","message":"m"},"retry":"no"}]} | fail[0].retry must be
					{"jobs":[]}                               | Unknown field jobs
					[]                                        | The body must be a JSON object
					""")
	void badExchangeIsInvalidAndChangesNothing(String body, String message) {
		JobId queued = this.rows.insert(this.organization);
		Answer answer = this.api.post("/internal/v1/jobs/exchange", body);
		assertThat(answer.status()).as(answer.toString()).isEqualTo(422);
		assertThat(answer.errorMessage()).startsWith(message);
		assertThat(value(queued.value(), "status = 'queued'")).isTrue();
	}

	@Test
	void listsHaveAtMost1000EntriesEach() {
		String completion = "{\"id\":\"a\",\"lease_token\":\"b\",\"result\":{}}";
		String failure = "{\"id\":\"a\",\"lease_token\":\"b\",\"error\":" + ERROR + "}";
		assertThat(exchange("\"complete\":" + Collections.nCopies(1001, completion)).errorMessage())
			.isEqualTo("complete must have at most 1000 entries");
		assertThat(exchange("\"fail\":" + Collections.nCopies(1001, failure)).errorMessage())
			.isEqualTo("fail must have at most 1000 entries");
		JsonNode both = exchange("\"complete\":" + Collections.nCopies(1000, completion) + ",\"fail\":"
				+ Collections.nCopies(1000, failure))
			.data();
		assertThat(both.get("completed")).hasSize(1000);
		assertThat(both.get("failed")).hasSize(1000);
	}

	@Test
	void itIsForServiceKeys() {
		String key = this.api.tenant().key();
		assertThat(this.api.send("POST", "/internal/v1/jobs/exchange", key, "{}").status()).isEqualTo(403);
		assertThat(this.api.send("POST", "/internal/v1/jobs/exchange", null, "{}").status()).isEqualTo(401);
	}

	private String body(List<ClaimedJob> complete, List<ClaimedJob> fail) {
		List<String> completions = new ArrayList<>(complete.stream().map((job) -> done(job, "{}")).toList());
		List<String> failures = fail.stream().map((job) -> failed(job, "")).toList();
		return "\"complete\":" + completions + ",\"fail\":" + failures + ",\"claim\":{\"worker\":\"w\",\"limit\":20}";
	}

	private List<ClaimedJob> held(int jobs) {
		this.rows.insertMany(this.organization, jobs);
		return this.queue.claim(this.organization, new Claim("test", JobType.allWire(), jobs, 60), jobs);
	}

	private Answer exchange(String members) {
		return this.api.post("/internal/v1/jobs/exchange", "{" + members + "}");
	}

	private void call(ClaimedJob job, String verb, String members) {
		assertThat(this.api
			.post("/internal/v1/jobs/" + job.id() + "/" + verb,
					"{\"lease_token\":\"" + job.leaseToken() + "\"" + members + "}")
			.status()).isEqualTo(200);
	}

	private boolean value(String id, String condition) {
		return this.rows.value(new JobId(id), condition, Boolean.class);
	}

	private static String done(ClaimedJob job, String result) {
		return "{\"id\":\"" + job.id() + "\",\"lease_token\":\"" + job.leaseToken() + "\",\"result\":" + result + "}";
	}

	private static String failed(ClaimedJob job, String members) {
		return failed(job.id(), job.leaseToken(), members);
	}

	private static String failed(String id, String token, String members) {
		return "{\"id\":\"" + id + "\",\"lease_token\":\"" + token + "\",\"error\":" + ERROR + members + "}";
	}

}
