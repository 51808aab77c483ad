package io.surveycoder.jobs.job.poll;

import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.testing.Answer;
import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.Api.Tenant;
import io.surveycoder.jobs.testing.ErrorEnvelope;
import io.surveycoder.jobs.testing.JobRows;
import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code GET /v2/jobs/{id}} (contract §1).
 */
@ServiceTest
class JobApiTests {

	private static final String TIMESTAMP = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z";

	@Autowired
	Api api;

	@Autowired
	JobRows rows;

	Tenant tenant;

	@BeforeEach
	void makeATenant() {
		this.tenant = this.api.tenant();
	}

	@ParameterizedTest
	@ValueSource(strings = { "queued", "processing" })
	void jobInFlightHasNeitherResultNorError(String status) {
		JobId id = status.equals("queued")
				// The error of the attempt before is not shown.
				? this.rows.insert(this.tenant.organization(), "processed", "1", "total", "3", "error_code", "'E'",
						"error_message", "'m'")
				: this.rows.insert(this.tenant.organization(), "processed", "1", "total", "3", "status", "'processing'",
						"attempt", "1", "lease_token", "gen_random_uuid()", "lease_seconds", "60", "lease_expires_at",
						"now()");
		Answer answer = get(id.value());
		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.header("Content-Type")).isEqualTo("application/json");
		assertThat(ErrorEnvelope.members(answer.json())).containsExactly("data", "success");
		assertThat(answer.json().get("success").booleanValue()).isTrue();
		JsonNode job = answer.data();
		assertThat(ErrorEnvelope.members(job)).containsExactly("created_at", "id", "progress", "status", "type",
				"updated_at");
		assertThat(job.get("id").stringValue()).isEqualTo(id.value());
		assertThat(job.get("status").stringValue()).isEqualTo(status);
		assertThat(job.get("progress").toString()).isEqualTo("{\"processed\":1,\"total\":3,\"percentage\":33}");
	}

	@Test
	void completedJobHasItsResult() {
		JobId id = this.rows.insert(this.tenant.organization(), "status", "'completed'", "result",
				"'{\"b\": 1.50,\"a\":[1e2]}'");
		Answer answer = get(id.value());
		assertThat(ErrorEnvelope.members(answer.data())).containsExactly("created_at", "id", "progress", "result",
				"status", "type", "updated_at");
		assertThat(answer.body()).contains("\"result\":{\"b\": 1.50,\"a\":[1e2]}");
		assertThat(answer.data().at("/progress/percentage").intValue()).isEqualTo(100);
	}

	@Test
	void failedJobHasItsError() {
		JobId id = this.rows.insert(this.tenant.organization(), "status", "'failed'", "error_code", "'CODING_FAILED'",
				"error_message", "''");
		Answer answer = get(id.value());
		assertThat(ErrorEnvelope.members(answer.data())).containsExactly("created_at", "error", "id", "progress",
				"status", "type", "updated_at");
		assertThat(answer.data().get("error").toString()).isEqualTo("{\"code\":\"CODING_FAILED\",\"message\":\"\"}");
	}

	@Test
	void timestampsAreToTheMillisecondInUtc() {
		JobId id = this.rows.insertAged(this.tenant.organization(), "2 hours", "updated_at",
				"'2026-05-01 14:34:56.7+02'");
		JsonNode job = get(id.value()).data();
		assertThat(job.get("updated_at").stringValue()).isEqualTo("2026-05-01T12:34:56.700Z");
		assertThat(job.get("created_at").stringValue()).matches(TIMESTAMP);
		assertThat(java.time.Instant.parse(job.get("created_at").stringValue())).isEqualTo(id.createdAt());
	}

	@ParameterizedTest
	@ValueSource(strings = { "x", "job_", "job_1a2b3c4d5e6f7a8b9c0d1e2", "job_1a2b3c4d5e6f7a8b9c0d1e2f0",
			"job_1A2B3C4D5E6F7A8B9C0D1E2F", "JOB_1a2b3c4d5e6f7a8b9c0d1e2f", "job_1a2b3c4d5e6f7a8b9c0d1e2g",
			"job_1a2b3c4d5e6f7a8b9c0d1e2f%0A", "%20job_1a2b3c4d5e6f7a8b9c0d1e2f", "job_%E2%82%AC", "'%20or%201=1",
			"job_1a2b3c4d5e6f7a8b9c0d1e2f", "job_000000000000000000000000", "job_ffffffffffffffffffffffff" })
	void whatIsNoIdAndWhatIsNoJobAreTheSame(String id) {
		assertThat(ErrorEnvelope.check(get(id), 404, "NOT_FOUND")).isEqualTo("Job not found");
	}

	@Test
	void jobOfAnotherOrganizationIsNotThere() {
		JobId id = this.rows.insert(this.api.tenant().organization());
		assertThat(ErrorEnvelope.check(get(id.value()), 404, "NOT_FOUND")).isEqualTo("Job not found");
	}

	@Test
	void headIsGetWithoutABody() {
		String path = "/v2/jobs/" + this.rows.insert(this.tenant.organization());
		Answer head = this.api.send("HEAD", path, this.tenant.key(), null);
		assertThat(head.status()).isEqualTo(200);
		assertThat(head.body()).isEmpty();
		assertThat(head.header("Content-Type")).isEqualTo("application/json");
		assertThat(this.api.send("HEAD", "/v2/jobs", this.tenant.key(), null).status()).isEqualTo(200);
		assertThat(this.api.send("HEAD", "/v2/jobs/x", this.tenant.key(), null).status()).isEqualTo(404);
	}

	@ParameterizedTest
	@ValueSource(strings = { "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO", "get" })
	void anyOtherMethodIsNotAllowed(String method) {
		for (String path : new String[] { "/v2/jobs", "/v2/jobs/job_1a2b3c4d5e6f7a8b9c0d1e2f", "/v2/jobs/x" }) {
			Answer answer = this.api.send(method, path, this.tenant.key(), null);
			ErrorEnvelope.check(answer, 405, "METHOD_NOT_ALLOWED");
			assertThat(answer.header("Allow")).isEqualTo("GET, HEAD");
		}
	}

	@Test
	void preflightIsJustAnotherMethod() {
		Answer answer = this.api.send("OPTIONS", "/v2/jobs", this.tenant.key(), null, "Origin", "https://example.org",
				"Access-Control-Request-Method", "GET");
		ErrorEnvelope.check(answer, 405, "METHOD_NOT_ALLOWED");
		assertThat(answer.header("Access-Control-Allow-Origin")).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/v2", "/v2/", "/v2/nowhere", "/v2/jobs/", "/v2/jobs/x/y", "/v1/jobs", "/", "/nowhere",
			"/internal", "/V2/jobs", "/v3/api-docs/nowhere", "//v2/jobs", "/v2//jobs" })
	void unknownPathIsNotFound(String path) {
		String key = path.startsWith("/internal") ? Api.ADMIN_KEY : this.tenant.key();
		assertThat(ErrorEnvelope.check(this.api.get(path, key), 404, "NOT_FOUND")).isEqualTo("Resource not found");
	}

	@ParameterizedTest
	@CsvSource({ "/v2/jobs, 200", "/v2/jobs/job_1a2b3c4d5e6f7a8b9c0d1e2f, 404", "/v2/jobs?limit=0, 422" })
	void noSharedCacheKeepsAnAnswer(String path, int status) {
		Answer answer = this.api.get(path, this.tenant.key());
		assertThat(answer.status()).isEqualTo(status);
		assertCaching(answer);
		assertCaching(this.api.get(path, null));
	}

	private static void assertCaching(Answer answer) {
		assertThat(answer.response().headers().allValues("Cache-Control")).containsExactly("private, no-cache");
		assertThat(answer.response().headers().allValues("Vary")).containsExactly("x-api-key, Accept");
	}

	private Answer get(String id) {
		return this.api.get("/v2/jobs/" + id, this.tenant.key());
	}

}
