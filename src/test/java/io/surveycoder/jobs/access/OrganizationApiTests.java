package io.surveycoder.jobs.access;

import java.util.stream.StreamSupport;

import io.surveycoder.jobs.testing.Answer;
import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.Api.Tenant;
import io.surveycoder.jobs.testing.ErrorEnvelope;
import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Organizations (contract §2, administration).
 */
@ServiceTest
class OrganizationApiTests {

	private static final String PATH = "/internal/v1/organizations";

	private static final String TIMESTAMP = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z";

	@Autowired
	Api api;

	@Test
	void createdOrganizationIsShown() {
		Answer answer = this.api.post(PATH, "{\"name\":\"Acme \ud83d\ude00\"}");
		assertThat(answer.status()).isEqualTo(201);
		assertThat(ErrorEnvelope.members(answer.json())).containsExactly("data", "success");
		assertThat(ErrorEnvelope.members(answer.data())).containsExactly("created_at", "id", "name");
		assertThat(answer.data().get("id").stringValue()).matches("org_[0-9a-f]{24}");
		assertThat(answer.data().get("name").stringValue()).isEqualTo("Acme \ud83d\ude00");
		assertThat(answer.data().get("created_at").stringValue()).matches(TIMESTAMP);
		assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
	}

	@Test
	void listHasEveryOrganizationWithWhenItWasDisabled() {
		String active = this.api.tenant().organization();
		String disabled = this.api.tenant().organization();
		disable(disabled);
		Answer answer = this.api.get(PATH, Api.ADMIN_KEY);
		assertThat(answer.status()).isEqualTo(200);
		assertThat(ErrorEnvelope.members(answer.json())).containsExactly("data", "meta", "success");
		assertThat(answer.json().at("/meta/count").intValue()).isEqualTo(answer.data().size());
		assertThat(ErrorEnvelope.members(listed(active))).containsExactly("created_at", "disabled_at", "id", "name");
		assertThat(listed(active).get("disabled_at").isNull()).isTrue();
		assertThat(listed(disabled).get("disabled_at").stringValue()).matches(TIMESTAMP);
	}

	@Test
	void disablingTwiceChangesNothing() {
		String organization = this.api.tenant().organization();
		assertThat(disable(organization).status()).isEqualTo(204);
		JsonNode once = listed(organization);
		Answer again = disable(organization);
		assertThat(again.status()).isEqualTo(204);
		assertThat(again.body()).isEmpty();
		assertThat(listed(organization)).isEqualTo(once);
	}

	@ParameterizedTest
	@ValueSource(strings = { "org_000000000000000000000000", "nonsense", "%20" })
	void unknownOrganizationIsNotFound(String id) {
		assertThat(ErrorEnvelope.check(disable(id), 404, "NOT_FOUND")).isEqualTo("Organization not found");
		assertThat(ErrorEnvelope.check(this.api.get(PATH + "/" + id + "/api-keys", Api.ADMIN_KEY), 404, "NOT_FOUND"))
			.isEqualTo("Organization not found");
		Answer answer = this.api.post(PATH + "/" + id + "/api-keys", "{\"name\":\"a\",\"scopes\":[\"read\"]}");
		assertThat(ErrorEnvelope.check(answer, 404, "NOT_FOUND")).isEqualTo("Organization not found");
	}

	@Test
	void disabledOrganizationTakesNoJobsAndNoKeys() {
		Tenant tenant = this.api.tenant();
		disable(tenant.organization());
		Answer submit = this.api.post("/internal/v1/jobs",
				"{\"organization_id\":\"" + tenant.organization() + "\",\"type\":\"one_call\"}");
		assertThat(ErrorEnvelope.check(submit, 422, "VALIDATION_ERROR")).contains(tenant.organization());
		Answer key = this.api.post(PATH + "/" + tenant.organization() + "/api-keys",
				"{\"name\":\"a\",\"scopes\":[\"read\"]}");
		ErrorEnvelope.check(key, 409, "INVALID_STATE");
	}

	@Test
	void nameIsOneToTwoHundredCharacters() {
		String most = "\ud83d\ude00".repeat(200);
		assertThat(this.api.post(PATH, "{\"name\":\"" + most + "\"}").data().get("name").stringValue()).isEqualTo(most);
		for (String name : new String[] { "", "a".repeat(201), "\\u0000", "\\ud800" }) {
			Answer answer = this.api.post(PATH, "{\"name\":\"" + name + "\"}");
			assertThat(ErrorEnvelope.check(answer, 422, "VALIDATION_ERROR")).startsWith("name must have 1 to 200");
		}
	}

	private Answer disable(String id) {
		return this.api.send("DELETE", PATH + "/" + id, Api.ADMIN_KEY, null);
	}

	private JsonNode listed(String id) {
		return StreamSupport.stream(this.api.get(PATH, Api.ADMIN_KEY).data().spliterator(), false)
			.filter((one) -> one.get("id").stringValue().equals(id))
			.findFirst()
			.orElseThrow();
	}

}
