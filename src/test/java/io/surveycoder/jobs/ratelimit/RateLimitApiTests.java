package io.surveycoder.jobs.ratelimit;

import java.time.Instant;

import io.surveycoder.jobs.testing.Answer;
import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.ErrorEnvelope;
import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The rate limit and its headers (contract §1). Limits are so small that no token comes
 * back while a test runs.
 */
@ServiceTest
class RateLimitApiTests {

	@Autowired
	Api api;

	@Test
	void burstPassesAndTheNextIsRefused() {
		String key = key("\"scopes\":[\"read\"],\"requests_per_minute\":3");
		for (int left = 2; left >= 0; left--) {
			Answer answer = this.api.get("/v2/jobs", key);
			assertThat(answer.status()).isEqualTo(200);
			assertLimit(answer, 3, left);
			assertThat(answer.header("Retry-After")).isNull();
		}
		Answer refused = this.api.get("/v2/jobs", key);
		assertThat(ErrorEnvelope.check(refused, 429, "RATE_LIMITED")).contains("3 requests a minute");
		assertLimit(refused, 3, 0);
		assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(1, 20);
		assertThat(Long.parseLong(refused.header("X-RateLimit-Reset")) - Instant.now().getEpochSecond()).isBetween(40L,
				61L);
	}

	@Test
	void resetIsWhenTheWholeBudgetIsBack() {
		String key = key("\"scopes\":[\"read\"],\"requests_per_minute\":4");
		Answer first = this.api.get("/v2/jobs", key);
		Answer second = this.api.get("/v2/jobs", key);
		// A token takes 15 s to come back.
		assertThat(reset(second) - reset(first)).isBetween(14L, 16L);
	}

	@Test
	void refusalCostsNothing() {
		String key = key("\"scopes\":[\"read\"],\"requests_per_minute\":1");
		long reset = reset(this.api.get("/v2/jobs", key));
		for (int i = 0; i < 5; i++) {
			Answer refused = this.api.get("/v2/jobs", key);
			ErrorEnvelope.check(refused, 429, "RATE_LIMITED");
			assertThat(reset(refused)).isBetween(reset - 1, reset + 1);
		}
	}

	@Test
	void everyAuthenticatedRequestCostsOne() {
		String key = key("\"scopes\":[\"write\"],\"requests_per_minute\":6");
		assertLimit(answered(403, this.api.get("/v2/jobs", key)), 6, 5);
		assertLimit(answered(403, this.api.get("/internal/v1/jobs", key)), 6, 4);
		assertLimit(answered(404, this.api.get("/v2/nowhere", key)), 6, 3);
		assertLimit(answered(405, this.api.send("PUT", "/v2/jobs", key, "{}")), 6, 2);
		assertLimit(answered(405, this.api.send("OPTIONS", "/v2/jobs", key, null)), 6, 1);
		assertLimit(answered(403, this.api.send("HEAD", "/v2/jobs", key, null)), 6, 0);
		answered(429, this.api.get("/v2/nowhere", key));
	}

	@Test
	void badRequestCostsOneToo() {
		String key = key("\"scopes\":[\"read\"],\"requests_per_minute\":3");
		assertLimit(answered(422, this.api.get("/v2/jobs?limit=0", key)), 3, 2);
		assertLimit(answered(406, this.api.get("/v2/jobs", key, "Accept", "text/html")), 3, 1);
		assertLimit(answered(404, this.api.get("/v2/jobs/job_1a2b3c4d5e6f7a8b9c0d1e2f", key)), 3, 0);
	}

	@Test
	void unauthorizedRequestCostsNothing() {
		String key = key("\"scopes\":[\"read\"],\"requests_per_minute\":3");
		assertLimit(this.api.get("/v2/jobs", key), 3, 2);
		assertNoLimit(answered(401, this.api.get("/v2/jobs", key, "x-api-key", key)));
		assertNoLimit(answered(401, this.api.get("/v2/jobs", "scp_live_0123456789ABCDEFGHIJklmnopqrstuv")));
		assertLimit(this.api.get("/v2/jobs", key), 3, 1);
	}

	@Test
	void openPathsCostNothing() {
		String key = key("\"scopes\":[\"read\"],\"requests_per_minute\":1");
		assertNoLimit(answered(200, this.api.get("/health", key)));
		assertNoLimit(answered(404, this.api.get("/nowhere", key)));
		assertLimit(answered(200, this.api.get("/v2/jobs", key)), 1, 0);
	}

	@Test
	void keyWithoutALimitOfItsOwnHasSixtyAMinute() {
		Answer answer = this.api.get("/v2/jobs", key("\"scopes\":[\"read\"]"));
		assertLimit(answer, 60, 59);
	}

	@Test
	void unlimitedKeyGetsNoHeaders() {
		assertNoLimit(answered(200, this.api.get("/v2/jobs", this.api.tenant().key())));
	}

	@Test
	void serviceKeyHasALimitOnlyIfGivenOne() {
		assertNoLimit(answered(200, this.api.get("/internal/v1/organizations", Api.ADMIN_KEY)));
		String limited = this.api
			.post("/internal/v1/api-keys", "{\"name\":\"a\",\"scopes\":[\"admin\"],\"requests_per_minute\":1}")
			.data()
			.get("key")
			.stringValue();
		assertLimit(answered(200, this.api.get("/internal/v1/organizations", limited)), 1, 0);
		ErrorEnvelope.check(this.api.get("/internal/v1/organizations", limited), 429, "RATE_LIMITED");
	}

	private String key(String members) {
		return this.api.key(this.api.tenant().organization(), members);
	}

	private static Answer answered(int status, Answer answer) {
		assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
		return answer;
	}

	private static void assertLimit(Answer answer, int limit, int left) {
		assertThat(answer.header("X-RateLimit-Limit")).as(answer.toString()).isEqualTo(Integer.toString(limit));
		assertThat(answer.header("X-RateLimit-Remaining")).as(answer.toString()).isEqualTo(Integer.toString(left));
	}

	private static void assertNoLimit(Answer answer) {
		assertThat(answer.response().headers().map().keySet()).noneMatch((name) -> name.startsWith("x-ratelimit"));
	}

	private static long reset(Answer answer) {
		return Long.parseLong(answer.header("X-RateLimit-Reset"));
	}

}
