package io.surveycoder.jobs.job.poll;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.surveycoder.jobs.job.JobChanges;
import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.testing.Answer;
import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.Api.Tenant;
import io.surveycoder.jobs.testing.JobRows;
import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * {@code Prefer: wait} (contract §4).
 */
@ServiceTest
class WaitApiTests {

	private static final String PROGRESS = "status = 'processing', lease_token = gen_random_uuid(), lease_seconds = 60, "
			+ "lease_expires_at = now() + interval '1 minute', processed = processed + 1, "
			+ "updated_at = job_next_update(updated_at)";

	private static final String COMPLETED = "status = 'completed', processed = total, lease_expires_at = null, "
			+ "result = '{\"codes\":[1]}', updated_at = job_next_update(updated_at)";

	@Autowired
	Api api;

	@Autowired
	JobRows rows;

	@Autowired
	JobChanges changes;

	private Tenant tenant;

	@BeforeEach
	void makeATenant() {
		this.tenant = this.api.tenant();
	}

	@Test
	void answersAsSoonAsTheJobIsFinished() throws Exception {
		JobId id = this.rows.insert(this.tenant.organization(), "total", "5");
		CompletableFuture<Answer> answer = waiting(id, () -> get(id, "Prefer", "wait=60"));
		this.rows.set(id, PROGRESS);
		await().until(() -> this.api.get("/v2/jobs/" + id, this.tenant.key()).data().get("status").stringValue(),
				"processing"::equals);
		assertThat(answer).isNotDone();
		this.rows.set(id, COMPLETED);
		Answer finished = answer.get(10, TimeUnit.SECONDS);
		assertThat(finished.status()).isEqualTo(200);
		assertThat(finished.data().get("result").toString()).isEqualTo("{\"codes\":[1]}");
		assertThat(finished.header("Preference-Applied")).isEqualTo("wait=60");
		assertThat(finished.body()).isEqualTo(this.api.get("/v2/jobs/" + id, this.tenant.key()).body());
		assertThat(finished.header("ETag")).isEqualTo(this.api.get("/v2/jobs/" + id, this.tenant.key()).header("ETag"));
		assertThat(this.changes.isFollowed(id)).isFalse();
	}

	@Test
	void answersTheCurrentStateWhenTheTimeIsOver() {
		JobId id = this.rows.insert(this.tenant.organization(), "total", "5");
		CompletableFuture<Answer> answer = waiting(id, () -> get(id, "Prefer", "wait=1"));
		this.rows.set(id, PROGRESS);
		Answer over = answer.join();
		assertThat(over.status()).isEqualTo(200);
		assertThat(over.data().get("progress").get("processed").intValue()).isEqualTo(1);
		assertThat(over.header("Preference-Applied")).isEqualTo("wait=1");
		assertThat(over.header("Retry-After")).isNotNull();
	}

	@Test
	void answersAnyChangeToWhomHasTheRepresentation() throws Exception {
		JobId id = this.rows.insert(this.tenant.organization(), "total", "5");
		String tag = get(id).header("ETag");
		CompletableFuture<Answer> answer = waiting(id, () -> get(id, "Prefer", "wait=60", "If-None-Match", tag));
		this.rows.set(id, PROGRESS);
		Answer changed = answer.get(10, TimeUnit.SECONDS);
		assertThat(changed.status()).isEqualTo(200);
		assertThat(changed.data().get("status").stringValue()).isEqualTo("processing");
		assertThat(changed.header("ETag")).isNotEqualTo(tag);
	}

	@Test
	void nothingNewIsNotSent() {
		JobId id = this.rows.insert(this.tenant.organization(), "total", "5");
		String tag = get(id).header("ETag");
		Answer same = get(id, "Prefer", "wait=1", "If-None-Match", tag);
		assertThat(same.status()).isEqualTo(304);
		assertThat(same.body()).isEmpty();
		assertThat(same.header("ETag")).isEqualTo(tag);
		assertThat(same.header("Preference-Applied")).isEqualTo("wait=1");
	}

	@Test
	void whomItIsNewsToNeedNotWait() {
		JobId id = this.rows.insert(this.tenant.organization(), "total", "5");
		Answer other = get(id, "Prefer", "wait=60", "If-None-Match", "\"other\"");
		assertThat(other.status()).isEqualTo(200);
	}

	@Test
	void whatCannotBeUnderstoodAsATagIsNone() {
		JobId id = this.rows.insert(this.tenant.organization());
		Answer same = get(id, "Prefer", "wait=1", "If-None-Match", "garbage");
		assertThat(same.status()).isEqualTo(200);
		assertThat(same.header("Preference-Applied")).isEqualTo("wait=1");
	}

	@Test
	void whoWaitsForAJobThatExpiresIsToldWhenItDoes() {
		JobId id = this.rows.insertAged(this.tenant.organization(), "23 hours 59 minutes 59 seconds");
		assertThat(get(id, "Prefer", "wait=60").status()).isEqualTo(404);
	}

	@Test
	void finishedOrUnknownJobIsAnsweredAtOnce() {
		JobId id = this.rows.insert(this.tenant.organization(), "status", "'failed'", "error_code", "'X'",
				"error_message", "'x'");
		Answer failed = get(id, "Prefer", "wait=60");
		assertThat(failed.status()).isEqualTo(200);
		assertThat(failed.header("Preference-Applied")).isEqualTo("wait=60");
		assertThat(get(id, "Prefer", "wait=60", "If-None-Match", failed.header("ETag")).status()).isEqualTo(304);
		Answer unknown = this.api.get("/v2/jobs/job_000000000000000000000000", this.tenant.key(), "Prefer", "wait=60");
		assertThat(unknown.status()).isEqualTo(404);
		assertThat(unknown.header("Preference-Applied")).isNull();
		assertThat(get(this.rows.insert(JobRows.organization()), "Prefer", "wait=60").status()).isEqualTo(404);
		assertThat(this.changes.isFollowed(id)).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "wait=x", "wait", "respond-async" })
	void whatCannotBeUnderstoodIsIgnored(String preference) {
		Answer answer = get(this.rows.insert(this.tenant.organization()), "Prefer", preference);
		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.header("Preference-Applied")).isNull();
	}

	@Test
	void costsOneUnit() {
		String key = this.api.key(this.tenant.organization(), "\"scopes\":[\"read\"],\"requests_per_minute\":10");
		String path = "/v2/jobs/" + this.rows.insert(this.tenant.organization(), "status", "'failed'", "error_code",
				"'X'", "error_message", "'x'");
		Answer first = this.api.get(path, key, "Prefer", "wait=60");
		assertThat(first.header("X-RateLimit-Remaining")).isEqualTo("9");
		Answer same = this.api.get(path, key, "Prefer", "wait=60", "If-None-Match", first.header("ETag"));
		assertThat(same.status()).isEqualTo(304);
		assertThat(same.header("X-RateLimit-Remaining")).isEqualTo("8");
	}

	@Test
	void revokedKeyIsNotAnsweredAboutTheJob() throws Exception {
		String answered = this.api
			.post("/internal/v1/organizations/" + this.tenant.organization() + "/api-keys",
					"{\"name\":\"test\",\"scopes\":[\"read\"]}")
			.body();
		JsonNode key = new tools.jackson.databind.json.JsonMapper().readTree(answered).get("data");
		JobId id = this.rows.insert(this.tenant.organization());
		CompletableFuture<Answer> answer = waiting(id,
				() -> this.api.get("/v2/jobs/" + id, key.get("key").stringValue(), "Prefer", "wait=60"));
		this.api.send("DELETE", "/internal/v1/api-keys/" + key.get("id").stringValue(), Api.ADMIN_KEY, null);
		await().until(() -> this.api.get("/v2/jobs", key.get("key").stringValue()).status(), (status) -> status == 401);
		this.rows.set(id, "status = 'failed', error_code = 'X', error_message = 'x', "
				+ "updated_at = job_next_update(updated_at)");
		assertThat(answer.get(10, TimeUnit.SECONDS).errorCode()).isEqualTo("KEY_REVOKED");
	}

	private Answer get(JobId id, String... headers) {
		return this.api.get("/v2/jobs/" + id, this.tenant.key(), headers);
	}

	private CompletableFuture<Answer> waiting(JobId id, Supplier<Answer> request) {
		CompletableFuture<Answer> answer = CompletableFuture.supplyAsync(request);
		await().until(() -> this.changes.isFollowed(id));
		return answer;
	}

}
