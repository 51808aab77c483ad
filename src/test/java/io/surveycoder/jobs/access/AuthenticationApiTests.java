package io.surveycoder.jobs.access;

import java.time.Duration;
import java.time.Instant;

import io.surveycoder.jobs.testing.Answer;
import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.Api.Tenant;
import io.surveycoder.jobs.testing.ErrorEnvelope;
import io.surveycoder.jobs.testing.RawHttp;
import io.surveycoder.jobs.testing.RawHttp.Reply;
import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The authentication table (contract §1).
 */
@ServiceTest
class AuthenticationApiTests {

	// What the contract promises for every instance.
	private static final Duration PROMISED = Duration.ofSeconds(2);

	@Autowired
	Api api;

	@LocalServerPort
	int port;

	@ParameterizedTest
	@ValueSource(strings = { "/v2/jobs", "/v2/jobs/job_1a2b3c4d5e6f7a8b9c0d1e2f", "/v2/nowhere", "/v2",
			"/internal/v1/organizations", "/internal/nowhere" })
	void missingKeyIsSaidSoOnAnyPath(String path) {
		assertThat(ErrorEnvelope.check(this.api.get(path, null), 401, "UNAUTHORIZED"))
			.isEqualTo("x-api-key header is required");
	}

	@ParameterizedTest
	@ValueSource(strings = { "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO" })
	void missingKeyIsSaidSoOnAnyMethod(String method) {
		assertThat(ErrorEnvelope.check(this.api.send(method, "/v2/jobs", null, null), 401, "UNAUTHORIZED"))
			.isEqualTo("x-api-key header is required");
	}

	@ParameterizedTest
	@ValueSource(strings = { "x-api-key:\r\n", "x-api-key:   \r\n", "x-api-key: \t\r\n" })
	void emptyKeyIsAMissingOne(String header) {
		Reply reply = RawHttp.send(this.port, "GET /v2/jobs HTTP/1.1\r\nHost: localhost\r\n" + header + "\r\n");
		assertThat(reply.status()).isEqualTo(401);
		assertThat(ErrorEnvelope.checkBody(reply.body()).get("message").stringValue())
			.isEqualTo("x-api-key header is required");
	}

	@ParameterizedTest
	@ValueSource(strings = { "nonsense", "scp_live_short", "scp_live_0123456789ABCDEFGHIJklmnopqrstuv",
			"scp_svc_0123456789ABCDEFGHIJklmnopqrstuv" })
	void malformedOrUnknownKeyIsUnauthorized(String key) {
		Answer answer = this.api.get("/v2/jobs", key);
		ErrorEnvelope.check(answer, 401, "UNAUTHORIZED");
		assertThat(answer.body()).doesNotContain(key);
	}

	@Test
	void keySentTwiceIsUnauthorized() {
		String key = this.api.tenant().key();
		ErrorEnvelope.check(this.api.get("/v2/jobs", key, "x-api-key", key), 401, "UNAUTHORIZED");
		ErrorEnvelope.check(this.api.get("/v2/jobs", key, "x-api-key", ""), 401, "UNAUTHORIZED");
	}

	@Test
	void bearerTokenIsNoKey() {
		String key = this.api.tenant().key();
		ErrorEnvelope.check(this.api.get("/v2/jobs", null, "Authorization", "Bearer " + key), 401, "UNAUTHORIZED");
	}

	@Test
	void keyInTheQueryIsNoKey() {
		String key = this.api.tenant().key();
		ErrorEnvelope.check(this.api.get("/v2/jobs?x-api-key=" + key, null), 401, "UNAUTHORIZED");
	}

	@ParameterizedTest
	@ValueSource(strings = { "X-API-KEY", "X-Api-Key", "x-api-key" })
	void nameOfTheHeaderIsCaseInsensitive(String name) {
		Reply reply = RawHttp.send(this.port,
				"GET /v2/jobs HTTP/1.1\r\nHost: localhost\r\n" + name + ": " + this.api.tenant().key() + "\r\n\r\n");
		assertThat(reply.status()).isEqualTo(200);
	}

	@Test
	void testKeyOpensWhatALiveOneDoes() {
		Tenant tenant = this.api.tenant();
		String key = this.api.key(tenant.organization(), "\"scopes\":[\"read\"],\"mode\":\"test\"");
		assertThat(key).startsWith("scp_test_");
		assertThat(this.api.get("/v2/jobs", key).status()).isEqualTo(200);
	}

	@Test
	void revocationHoldsWithinTwoSeconds() {
		Tenant tenant = this.api.tenant();
		JsonNode made = this.api
			.post("/internal/v1/organizations/" + tenant.organization() + "/api-keys",
					"{\"name\":\"a\",\"scopes\":[\"read\"]}")
			.data();
		String key = made.get("key").stringValue();
		assertThat(this.api.get("/v2/jobs", key).status()).isEqualTo(200);
		this.api.send("DELETE", "/internal/v1/api-keys/" + made.get("id").stringValue(), Api.ADMIN_KEY, null);
		await().atMost(PROMISED)
			.untilAsserted(() -> ErrorEnvelope.check(this.api.get("/v2/jobs", key), 401, "KEY_REVOKED"));
		assertThat(this.api.get("/v2/jobs", tenant.key()).status()).isEqualTo(200);
	}

	@Test
	void disablingTheOrganizationHoldsWithinTwoSeconds() {
		Tenant tenant = this.api.tenant();
		assertThat(this.api.get("/v2/jobs", tenant.key()).status()).isEqualTo(200);
		this.api.send("DELETE", "/internal/v1/organizations/" + tenant.organization(), Api.ADMIN_KEY, null);
		await().atMost(PROMISED)
			.untilAsserted(() -> ErrorEnvelope.check(this.api.get("/v2/jobs", tenant.key()), 401, "NO_ORG"));
	}

	@Test
	void expiredKeyIsSaidSo() {
		String key = this.api.key(this.api.tenant().organization(),
				"\"scopes\":[\"read\"],\"expires_at\":\"2026-01-01T00:00:00Z\"");
		ErrorEnvelope.check(this.api.get("/v2/jobs", key), 401, "KEY_EXPIRED");
	}

	@Test
	void keyExpiresWhileItIsInUse() {
		Instant end = Instant.now().plusSeconds(2);
		String key = this.api.key(this.api.tenant().organization(),
				"\"scopes\":[\"read\"],\"requests_per_minute\":0,\"expires_at\":\"" + end + "\"");
		assertThat(this.api.get("/v2/jobs", key).status()).isEqualTo(200);
		await().atMost(Duration.ofSeconds(5))
			.untilAsserted(() -> ErrorEnvelope.check(this.api.get("/v2/jobs", key), 401, "KEY_EXPIRED"));
		// It ends early by as long as its look-up took.
		assertThat(Instant.now()).isAfter(end.minusSeconds(1));
	}

	@Test
	void scopeThatIsMissingIsNamedWithThoseHeld() {
		Tenant tenant = this.api.tenant();
		String key = this.api.key(tenant.organization(), "\"scopes\":[\"write\"]");
		for (String path : new String[] { "/v2/jobs", "/v2/jobs/job_1a2b3c4d5e6f7a8b9c0d1e2f" }) {
			assertThat(ErrorEnvelope.check(this.api.get(path, key), 403, "INSUFFICIENT_SCOPE")).contains("'read'",
					"'write'");
		}
	}

	@ParameterizedTest
	@CsvSource({ "service, /internal/v1/organizations, admin", "service, /internal/v1/api-keys, admin",
			"service, /v2/jobs, read", "service, /v2/nowhere, read", "admin, /v2/jobs, read" })
	void serviceKeyStaysWithinItsScopes(String held, String path, String needed) {
		String key = serviceKey(held);
		assertThat(ErrorEnvelope.check(this.api.get(path, key), 403, "INSUFFICIENT_SCOPE")).contains("'" + needed + "'",
				"'" + held + "'");
	}

	@Test
	void adminKeyCannotSubmit() {
		Answer answer = this.api.send("POST", "/internal/v1/jobs", serviceKey("admin"), "{}");
		assertThat(ErrorEnvelope.check(answer, 403, "INSUFFICIENT_SCOPE")).contains("'service'", "'admin'");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/internal/v1/organizations", "/internal/v1/jobs", "/internal/nowhere" })
	void organizationKeyIsKeptOutOfTheServiceSide(String path) {
		Tenant tenant = this.api.tenant();
		assertThat(ErrorEnvelope.check(this.api.get(path, tenant.key()), 403, "INSUFFICIENT_SCOPE"))
			.contains("'service'", "'read', 'write'");
	}

	private String serviceKey(String scope) {
		return this.api.post("/internal/v1/api-keys", "{\"name\":\"a\",\"scopes\":[\"" + scope + "\"]}")
			.data()
			.get("key")
			.stringValue();
	}

}
