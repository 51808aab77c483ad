package io.surveycoder.jobs.access;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

import io.surveycoder.jobs.testing.Answer;
import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.ErrorEnvelope;
import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * API keys of organizations and of the operator (contract §2, administration).
 */
@ServiceTest
class ApiKeyApiTests {

	private static final String SERVICE_KEYS = "/internal/v1/api-keys";

	@Autowired
	Api api;

	@Autowired
	JdbcClient jdbc;

	@Autowired
	KeyUsage usage;

	@Test
	void createdKeyIsShownOnce() {
		String path = keysOfANewOrganization();
		Answer answer = this.api.post(path, """
				{"name":"a","scopes":["write","read"],"mode":"test","expires_at":"2100-01-01T02:00:00+02:00",
				 "requests_per_minute":7}""");
		assertThat(answer.status()).isEqualTo(201);
		JsonNode made = answer.data();
		assertThat(ErrorEnvelope.members(made)).containsExactly("created_at", "expires_at", "id", "key", "name",
				"prefix", "requests_per_minute", "scopes");
		assertThat(made.get("id").stringValue()).matches("key_[0-9a-f]{24}");
		assertThat(made.get("key").stringValue()).matches("scp_test_[0-9A-Za-z]{32}")
			.startsWith(made.get("prefix").stringValue());
		assertThat(made.get("prefix").stringValue()).hasSize(13);
		assertThat(made.get("scopes").toString()).isEqualTo("[\"write\",\"read\"]");
		assertThat(made.get("expires_at").stringValue()).isEqualTo("2100-01-01T00:00:00.000Z");
		assertThat(made.get("requests_per_minute").intValue()).isEqualTo(7);

		Answer list = this.api.get(path, Api.ADMIN_KEY);
		assertThat(list.json().at("/meta/count").intValue()).isEqualTo(1);
		assertThat(list.body()).doesNotContain(made.get("key").stringValue());
		JsonNode listed = list.data().get(0);
		assertThat(ErrorEnvelope.members(listed)).containsExactly("created_at", "expires_at", "id", "last_used_at",
				"name", "organization_id", "prefix", "requests_per_minute", "revoked_at", "scopes");
		for (String same : new String[] { "id", "name", "prefix", "scopes", "expires_at", "requests_per_minute",
				"created_at" }) {
			assertThat(listed.get(same)).as(same).isEqualTo(made.get(same));
		}
	}

	@Test
	void onlyTheHashOfAKeyIsStored() throws NoSuchAlgorithmException {
		JsonNode made = this.api.post(keysOfANewOrganization(), "{\"name\":\"a\",\"scopes\":[\"read\"]}").data();
		String key = made.get("key").stringValue();
		String row = this.jdbc.sql("select k::text from api_key k where id = ?")
			.param(made.get("id").stringValue())
			.query(String.class)
			.single();
		assertThat(row).doesNotContain(key.substring(13));
		assertThat(this.jdbc.sql("select hash from api_key where id = ?")
			.param(made.get("id").stringValue())
			.query(byte[].class)
			.single()).isEqualTo(MessageDigest.getInstance("SHA-256").digest(key.getBytes(US_ASCII)));
	}

	@Test
	void liveIsTheDefaultMode() {
		assertThat(this.api.post(keysOfANewOrganization(), "{\"name\":\"a\",\"scopes\":[\"read\"]}")
			.data()
			.get("key")
			.stringValue()).startsWith("scp_live_");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					"scopes":[]                                    | scopes must be one or both of 'read' and 'write'
					"scopes":["admin"]                             | scopes must be one or both of 'read' and 'write'
					"scopes":["read","service"]                    | scopes must be one or both of 'read' and 'write'
					"scopes":["READ"]                              | scopes must be one or both of 'read' and 'write'
					"scopes":"read"                                | scopes must be an array
					"scopes":[1]                                   | scopes[0] must be a string
					"scopes":null                                  | scopes is required
					"scopes":["read"],"mode":"prod"                | mode must be 'live' or 'test'
					"scopes":["read"],"mode":""                    | mode must be 'live' or 'test'
					"scopes":["read"],"requests_per_minute":-1     | requests_per_minute must be at least 0
					"scopes":["read"],"requests_per_minute":1000001 | requests_per_minute must be at most 1000000
					"scopes":["read"],"expires_at":"never"         | expires_at must be an RFC 3339 timestamp such as 2026-05-01T12:34:56Z
					"scopes":["read"],"expires_at":"0000-01-01T00:00:00Z" | expires_at must be an RFC 3339 timestamp such as 2026-05-01T12:34:56Z
					"scopes":["read"],"key":"mine"                 | Unknown field key; known here: expires_at, mode, name, requests_per_minute, scopes
					""")
	void badRequestForAKeyIsNamed(String members, String message) {
		Answer answer = this.api.post(keysOfANewOrganization(), "{\"name\":\"a\"," + members + "}");
		assertThat(ErrorEnvelope.check(answer, 422, "VALIDATION_ERROR")).isEqualTo(message);
	}

	@Test
	void scopeThatIsNullIsNamed() {
		Answer answer = this.api.post(keysOfANewOrganization(), "{\"name\":\"a\",\"scopes\":[null]}");
		assertThat(ErrorEnvelope.check(answer, 422, "VALIDATION_ERROR")).startsWith("scopes[0]")
			.endsWith("is required");
	}

	@ParameterizedTest
	@ValueSource(strings = { "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z" })
	void keyMayExpireAtAnyTimeThatCanBeWritten(String expiresAt) {
		Answer answer = this.api.post(keysOfANewOrganization(),
				"{\"name\":\"a\",\"scopes\":[\"read\"],\"expires_at\":\"" + expiresAt + "\"}");
		assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
		String key = answer.data().get("key").stringValue();
		assertThat(this.api.get("/v2/jobs", key).status()).isEqualTo(expiresAt.startsWith("9") ? 200 : 401);
	}

	@Test
	void scopeAskedForTwiceIsHeldOnce() {
		assertThat(this.api.post(keysOfANewOrganization(), "{\"name\":\"a\",\"scopes\":[\"read\",\"read\"]}")
			.data()
			.get("scopes")
			.toString()).isEqualTo("[\"read\"]");
	}

	@Test
	void serviceKeyBelongsToNoOrganization() {
		JsonNode made = this.api.post(SERVICE_KEYS, "{\"name\":\"a\",\"scopes\":[\"service\",\"admin\"]}").data();
		assertThat(made.get("key").stringValue()).matches("scp_svc_[0-9A-Za-z]{32}");
		assertThat(this.api.get("/internal/v1/organizations", made.get("key").stringValue()).status()).isEqualTo(200);
		JsonNode listed = listed(SERVICE_KEYS, made.get("id").stringValue());
		assertThat(listed.get("organization_id").isNull()).isTrue();
		assertThat(listed.has("key")).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "\"scopes\":[\"read\"]", "\"scopes\":[]", "\"scopes\":[\"service\",\"write\"]" })
	void serviceKeyHasNoScopeOfAnOrganization(String scopes) {
		Answer answer = this.api.post(SERVICE_KEYS, "{\"name\":\"a\"," + scopes + "}");
		assertThat(ErrorEnvelope.check(answer, 422, "VALIDATION_ERROR"))
			.isEqualTo("scopes must be one or both of 'service' and 'admin'");
	}

	@Test
	void revokingTwiceChangesNothing() {
		String path = keysOfANewOrganization();
		String id = this.api.post(path, "{\"name\":\"a\",\"scopes\":[\"read\"]}").data().get("id").stringValue();
		assertThat(revoke(id).status()).isEqualTo(204);
		JsonNode once = listed(path, id);
		assertThat(once.get("revoked_at").isNull()).isFalse();
		Answer again = revoke(id);
		assertThat(again.status()).isEqualTo(204);
		assertThat(again.body()).isEmpty();
		assertThat(listed(path, id)).isEqualTo(once);
	}

	@Test
	void serviceKeyIsRevokedInTheSameWay() {
		String id = this.api.post(SERVICE_KEYS, "{\"name\":\"a\",\"scopes\":[\"service\"]}")
			.data()
			.get("id")
			.stringValue();
		assertThat(revoke(id).status()).isEqualTo(204);
		assertThat(listed(SERVICE_KEYS, id).get("revoked_at").isNull()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "key_000000000000000000000000", "nonsense", "%20" })
	void unknownKeyIsNotFound(String id) {
		assertThat(ErrorEnvelope.check(revoke(id), 404, "NOT_FOUND")).isEqualTo("API key not found");
	}

	@Test
	void lastUseIsWrittenDown() {
		String path = keysOfANewOrganization();
		JsonNode made = this.api.post(path, "{\"name\":\"a\",\"scopes\":[\"read\"]}").data();
		String id = made.get("id").stringValue();
		this.usage.write();
		assertThat(listed(path, id).get("last_used_at").isNull()).isTrue();
		this.api.get("/v2/jobs", made.get("key").stringValue());
		this.usage.write();
		assertThat(this.jdbc.sql("""
				select last_used_at between created_at and now() and now() - last_used_at < interval '15 seconds'
				from api_key where id = ?
				""").param(id).query(Boolean.class).single()).isTrue();
	}

	@Test
	void useByAnotherInstanceThatIsLaterStays() {
		String path = keysOfANewOrganization();
		JsonNode made = this.api.post(path, "{\"name\":\"a\",\"scopes\":[\"read\"]}").data();
		this.api.get("/v2/jobs", made.get("key").stringValue());
		String later = "2100-01-01T00:00:00.000Z";
		this.jdbc.sql("update api_key set last_used_at = ?::timestamptz where id = ?")
			.params(later, made.get("id").stringValue())
			.update();
		this.usage.write();
		assertThat(listed(path, made.get("id").stringValue()).get("last_used_at").stringValue()).isEqualTo(later);
	}

	private String keysOfANewOrganization() {
		return "/internal/v1/organizations/"
				+ this.api.post("/internal/v1/organizations", "{\"name\":\"Test\"}").data().get("id").stringValue()
				+ "/api-keys";
	}

	private Answer revoke(String id) {
		return this.api.send("DELETE", "/internal/v1/api-keys/" + id, Api.ADMIN_KEY, null);
	}

	private JsonNode listed(String path, String id) {
		for (JsonNode one : this.api.get(path, Api.ADMIN_KEY).data()) {
			if (one.get("id").stringValue().equals(id)) {
				return one;
			}
		}
		throw new AssertionError(id + " is not listed");
	}

}
