package io.surveycoder.jobs.ratelimit;

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

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A 304 costs no unit (contract §4, ETag). Limits are so small that no token comes back
 * while a test runs.
 */
@ServiceTest
class ConditionalRateLimitApiTests {

	@Autowired
	Api api;

	@Autowired
	JobRows rows;

	private Tenant tenant;

	private JobId id;

	@BeforeEach
	void makeAJob() {
		this.tenant = this.api.tenant();
		this.id = this.rows.insert(this.tenant.organization());
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET", "HEAD" })
	void whatIsNotSentAgainCostsNothing(String method) {
		for (String path : new String[] { "/v2/jobs", "/v2/jobs/" + this.id }) {
			String key = key("read", 3);
			Answer first = this.api.get(path, key);
			assertLimit(first, 200, 3, 2);
			for (int n = 0; n < 5; n++) {
				Answer same = send(method, path, key, first.header("ETag"));
				assertLimit(same, 304, 3, 2);
				assertThat(reset(same) - reset(first)).isBetween(-1L, 1L);
			}
			assertLimit(send(method, path, key, "\"other\""), 200, 3, 1);
		}
	}

	@Test
	void wholeBudgetIsStillThereAfterAny304() {
		String key = key("read", 2);
		Answer same = send("GET", "/v2/jobs/" + this.id, key, "*");
		assertLimit(same, 304, 2, 2);
		assertThat(reset(same) - System.currentTimeMillis() / 1000).isBetween(-1L, 1L);
		assertLimit(this.api.get("/v2/jobs", key), 200, 2, 1);
		assertLimit(this.api.get("/v2/jobs", key), 200, 2, 0);
		ErrorEnvelope.check(this.api.get("/v2/jobs", key), 429, "RATE_LIMITED");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/v2/jobs", "/v2/jobs/%s" })
	void emptyBudgetStillAnswers304AndRefusesWhatElseItWouldBe(String form) {
		String path = form.formatted(this.id);
		String key = key("read", 1);
		String tag = this.api.get(path, key).header("ETag");
		ErrorEnvelope.check(this.api.get(path, key), 429, "RATE_LIMITED");
		assertLimit(send("GET", path, key, tag), 304, 1, 0);
		this.rows.set(this.id, "updated_at = job_next_update(updated_at)");
		Answer refused = send("GET", path, key, tag);
		assertThat(ErrorEnvelope.check(refused, 429, "RATE_LIMITED")).contains("1 requests a minute");
		assertLimit(refused, 429, 1, 0);
		assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(1, 60);
		assertThat(refused.header("ETag")).isNull();
		assertThat(refused.header("Sunset")).isNull();
		assertLimit(send("HEAD", path, key, tag), 429, 1, 0);
	}

	@ParameterizedTest
	@CsvSource({ "/v2/jobs/job_1a2b3c4d5e6f7a8b9c0d1e2f, 404", "/v2/jobs/x, 404", "/v2/jobs?limit=0, 422",
			"/v2/nowhere, 404" })
	void errorCostsAUnitAndIsRefusedWithoutOne(String path, int status) {
		String key = key("read", 1);
		assertLimit(send("GET", path, key, "*"), status, 1, 0);
		ErrorEnvelope.check(send("GET", path, key, "*"), 429, "RATE_LIMITED");
	}

	@Test
	void missingScopeAndWhatCannotBeAcceptedCostAUnitToo() {
		String key = key("write", 1);
		assertLimit(send("GET", "/v2/jobs", key, "*"), 403, 1, 0);
		ErrorEnvelope.check(send("GET", "/v2/jobs", key, "*"), 429, "RATE_LIMITED");
		key = key("read", 1);
		assertLimit(this.api.get("/v2/jobs", key, "Accept", "text/html", "If-None-Match", "*"), 406, 1, 0);
		ErrorEnvelope.check(this.api.get("/v2/jobs", key, "Accept", "text/html", "If-None-Match", "*"), 429,
				"RATE_LIMITED");
	}

	@Test
	void methodThatChangesSomethingPaysFirst() {
		String key = key("read", 1);
		assertLimit(send("PUT", "/v2/jobs", key, "*"), 405, 1, 0);
		assertLimit(send("PUT", "/v2/jobs", key, "*"), 429, 1, 0);
	}

	@Test
	void keyWithoutALimitGetsNoHeadersOnA304() {
		Answer same = send("GET", "/v2/jobs/" + this.id, this.tenant.key(), "*");
		assertThat(same.status()).isEqualTo(304);
		assertThat(same.response().headers().map().keySet()).noneMatch((name) -> name.startsWith("x-ratelimit"));
	}

	private Answer send(String method, String path, String key, String tag) {
		return this.api.send(method, path, key, null, "If-None-Match", tag);
	}

	private String key(String scope, int limit) {
		return this.api.key(this.tenant.organization(),
				"\"scopes\":[\"" + scope + "\"],\"requests_per_minute\":" + limit);
	}

	private static void assertLimit(Answer answer, int status, int limit, int left) {
		assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
		assertThat(answer.header("X-RateLimit-Limit")).isEqualTo(Integer.toString(limit));
		assertThat(answer.header("X-RateLimit-Remaining")).as(answer.toString()).isEqualTo(Integer.toString(left));
	}

	private static long reset(Answer answer) {
		return Long.parseLong(answer.header("X-RateLimit-Reset"));
	}

}
