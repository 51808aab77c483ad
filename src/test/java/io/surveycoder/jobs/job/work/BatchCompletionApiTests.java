package io.surveycoder.jobs.job.work;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.JobType;
import io.surveycoder.jobs.testing.Answer;
import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.JobRows;
import io.surveycoder.jobs.testing.Race;
import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Contract §2, complete of many: each on its own.
 */
@ServiceTest
class BatchCompletionApiTests {

	@Autowired
	Api api;

	@Autowired
	JobRows rows;

	@Autowired
	ClaimStatements queue;

	@Autowired
	JdbcClient jdbc;

	private final String organization = JobRows.organization();

	@Test
	void thousandJobsAreCompletedInOneCall() {
		this.rows.insertMany(this.organization, 1000, "total", "5");
		List<ClaimedJob> jobs = claim(this.organization, 1000);
		Answer answer = complete(jobs.stream().map((job) -> entry(job, "{\"id\": \"" + job.id() + "\"}")).toList());
		assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
		assertThat(answer.data().valueStream().map(JsonNode::toString)).containsExactlyElementsOf(
				jobs.stream().map((job) -> "{\"id\":\"" + job.id() + "\",\"status\":\"completed\"}").toList());
		assertThat(this.jdbc.sql("""
				select count(*) from job where organization_id = ? and status = 'completed' and processed = 5
				  and result::text = '{"id": "' || id || '"}' and lease_expires_at is null and lease_token is not null
				""").param(this.organization).query(Integer.class).single()).isEqualTo(1000);
	}

	@Test
	void eachEntryIsJudgedOnItsOwnAndAnsweredInItsPlace() {
		this.rows.insertMany(this.organization, 5);
		List<ClaimedJob> jobs = claim(this.organization, 5);
		ClaimedJob good = jobs.get(0);
		ClaimedJob released = jobs.get(1);
		ClaimedJob repeated = jobs.get(2);
		ClaimedJob other = jobs.get(3);
		this.api.post("/internal/v1/jobs/" + released.id() + "/release",
				"{\"lease_token\":\"" + released.leaseToken() + "\"}");
		this.api.post("/internal/v1/jobs/" + repeated.id() + "/complete",
				"{\"lease_token\":\"" + repeated.leaseToken() + "\",\"result\":{\"n\":1.0}}");
		String gone = this.rows.insertAged(this.organization, "24 hours 1 minute").value();
		String foreign = JobRows.organization();
		this.rows.insert(foreign);
		ClaimedJob others = claim(foreign, 1).getFirst();
		String neverGiven = new LeaseToken(this.organization, UUID.randomUUID()).wire();
		String before = this.rows.row(new JobId(other.id()));
		Answer answer = complete(List.of(entry(released, "{}"), entry(repeated, "{\"n\":1.0}"),
				entry(repeated, "{\"n\":1.00}"), entry("job_ffffffffffffffffffffffff", neverGiven, "{}"),
				entry("nonsense", neverGiven, "{}"), entry(gone, neverGiven, "{}"), entry(good, "{}"),
				entry(other.id(), "garbage", "{}"), entry(other.id(), others.leaseToken(), "{}"),
				entry(other.id(), neverGiven, "{}"), entry("nonsense", "garbage", "{}"), entry(others, "{\"o\":1}")));
		assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
		assertThat(answer.data()
			.valueStream()
			.map((entry) -> entry.has("status") ? entry.get("status").stringValue()
					: entry.at("/error/code").stringValue()))
			.containsExactly("INVALID_STATE", "completed", "INVALID_STATE", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND",
					"completed", "INVALID_STATE", "INVALID_STATE", "INVALID_STATE", "NOT_FOUND", "completed");
		assertThat(answer.data().get(4).toString())
			.isEqualTo("{\"id\":\"nonsense\",\"error\":{\"code\":\"NOT_FOUND\",\"message\":\"Job not found\"}}");
		assertThat(this.rows.row(new JobId(other.id()))).isEqualTo(before);
		assertThat(this.rows.value(new JobId(repeated.id()), "result::text", String.class)).isEqualTo("{\"n\":1.0}");
	}

	@Test
	void refusalsAreThoseOfTheCallForOneJob() {
		this.rows.insertMany(this.organization, 1);
		ClaimedJob job = claim(this.organization, 1).getFirst();
		for (String[] call : new String[][] { { job.id(), "garbage" }, { "job_ffffffffffffffffffffffff", "garbage" },
				{ job.id(), new LeaseToken(this.organization, UUID.randomUUID()).wire() } }) {
			JsonNode one = this.api
				.post("/internal/v1/jobs/" + call[0] + "/complete",
						"{\"lease_token\":\"" + call[1] + "\",\"result\":{}}")
				.json()
				.get("error");
			JsonNode many = complete(List.of(entry(call[0], call[1], "{}"))).data().get(0).get("error");
			assertThat(many.get("code")).isEqualTo(one.get("code"));
			assertThat(many.get("message")).isEqualTo(one.get("message"));
		}
	}

	@Test
	void jobNamedTwiceIsCompletedByItsFirstEntry() {
		this.rows.insertMany(this.organization, 1);
		ClaimedJob job = claim(this.organization, 1).getFirst();
		Answer answer = complete(List.of(entry(job.id(), "garbage", "{}"), entry(job, "{\"n\":1}"),
				entry(job, "{\"n\":2}"), entry(job, "{\"n\":1}")));
		assertThat(answer.data().valueStream().map((entry) -> entry.has("status"))).containsExactly(false, true, false,
				true);
		assertThat(this.rows.value(new JobId(job.id()), "result::text", String.class)).isEqualTo("{\"n\":1}");
	}

	@Test
	void staleTokenBesideTheOneThatHoldsTheJobDoesNotStandInItsWay() {
		this.rows.insertMany(this.organization, 1);
		ClaimedJob before = claim(this.organization, 1).getFirst();
		this.api.post("/internal/v1/jobs/" + before.id() + "/release",
				"{\"lease_token\":\"" + before.leaseToken() + "\"}");
		ClaimedJob now = claim(this.organization, 1).getFirst();
		assertThat(complete(List.of(entry(before, "{}"), entry(now, "{}"), entry(before, "{}"))).data()
			.valueStream()
			.map((entry) -> entry.has("status"))).containsExactly(false, true, false);
	}

	@Test
	void repeatedBatchGetsTheSameAnswer() {
		this.rows.insertMany(this.organization, 10);
		List<String> entries = claim(this.organization, 10).stream().map((job) -> entry(job, "{}")).toList();
		Answer first = complete(entries);
		assertThat(complete(entries).body()).isEqualTo(first.body());
	}

	@Test
	void sameBatchSentTwiceAtOnceInAnyOrderIsAcceptedTwice() {
		for (int round = 0; round < 5; round++) {
			String own = JobRows.organization();
			String other = JobRows.organization();
			this.rows.insertMany(own, 50);
			this.rows.insertMany(other, 50);
			List<String> entries = new ArrayList<>(claim(own, 50).stream().map((job) -> entry(job, "{}")).toList());
			entries.addAll(claim(other, 50).stream().map((job) -> entry(job, "{}")).toList());
			List<Answer> answers = Race.of(() -> complete(entries), () -> complete(entries.reversed()));
			assertThat(answers).allSatisfy((answer) -> assertThat(answer.data().valueStream()).hasSize(100)
				.allMatch((entry) -> entry.has("status")));
		}
	}

	@Test
	void entryOfABatchRacesACallForOneJobAndOneIsAccepted() {
		for (int round = 0; round < 10; round++) {
			String own = JobRows.organization();
			this.rows.insertMany(own, 1);
			ClaimedJob job = claim(own, 1).getFirst();
			List<Boolean> accepted = Race.of(
					() -> complete(List.of(entry(job, "{\"n\":1}"))).data().get(0).has("status"),
					() -> this.api
						.post("/internal/v1/jobs/" + job.id() + "/complete",
								"{\"lease_token\":\"" + job.leaseToken() + "\",\"result\":{\"n\":2}}")
						.status() == 200);
			assertThat(accepted).containsExactlyInAnyOrder(true, false);
		}
	}

	@Test
	void heartbeatAtTheSameMomentKeepsNoEntryFromBeingAccepted() {
		this.rows.insertMany(this.organization, 200, "total", "10");
		List<ClaimedJob> jobs = claim(this.organization, 200);
		List<Boolean> done = Race.of(() -> {
			jobs.reversed()
				.forEach((job) -> this.api.post("/internal/v1/jobs/" + job.id() + "/progress",
						"{\"lease_token\":\"" + job.leaseToken() + "\",\"processed\":1}"));
			return true;
		}, () -> IntStream.range(0, 20)
			.mapToObj(
					(i) -> complete(jobs.subList(i * 10, i * 10 + 10).stream().map((job) -> entry(job, "{}")).toList()))
			.allMatch((answer) -> answer.data().valueStream().allMatch((entry) -> entry.has("status"))));
		assertThat(done).containsOnly(true);
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "{\"jobs\":null}", "{\"jobs\":[]}", "{\"jobs\":{}}", "{\"jobs\":[null]}",
			"{\"jobs\":[{}]}", "{\"jobs\":[{\"id\":\"a\",\"lease_token\":\"b\"}]}",
			"{\"jobs\":[{\"id\":\"a\",\"lease_token\":\"b\",\"result\":[]}]}",
			"{\"jobs\":[{\"id\":\"a\",\"lease_token\":\"b\",\"result\":null}]}",
			"{\"jobs\":[{\"id\":1,\"lease_token\":\"b\",\"result\":{}}]}",
			"{\"jobs\":[{\"id\":\"a\",\"lease_token\":\"b\",\"result\":{},\"x\":1}]}" })
	void badBatchIsInvalid(String body) {
		Answer answer = this.api.post("/internal/v1/jobs/complete", body);
		assertThat(answer.status()).as(answer.toString()).isEqualTo(422);
		assertThat(answer.errorMessage()).contains("jobs");
	}

	@Test
	void batchHasAtMost1000Entries() {
		assertThat(complete(Collections.nCopies(1001, entry("a", "b", "{}"))).errorMessage())
			.isEqualTo("jobs must have 1 to 1000 entries");
		assertThat(complete(Collections.nCopies(1000, entry("a", "b", "{}"))).data()).hasSize(1000);
	}

	private List<ClaimedJob> claim(String organization, int limit) {
		return this.queue.claim(organization, new Claim("test", JobType.allWire(), limit, 60), limit);
	}

	private Answer complete(List<String> entries) {
		return this.api.post("/internal/v1/jobs/complete",
				entries.stream().collect(Collectors.joining(",", "{\"jobs\":[", "]}")));
	}

	private static String entry(ClaimedJob job, String result) {
		return entry(job.id(), job.leaseToken(), result);
	}

	private static String entry(String id, String token, String result) {
		return "{\"id\":\"" + id + "\",\"lease_token\":\"" + token + "\",\"result\":" + result + "}";
	}

}
