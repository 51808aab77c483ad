package io.surveycoder.jobs.http;

import io.surveycoder.jobs.testing.Answer;
import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.Api.Tenant;
import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;

@ServiceTest
class AcceptApiTests {

	@Autowired
	Api api;

	@ParameterizedTest
	@ValueSource(strings = { "*/*", "application/*", "application/json", "application/json;charset=utf-16",
			"application/json;charset=iso-8859-1", "application/json;version=2", "text/html, application/json;q=0.1" })
	void answerIsPlainJsonWhateverParametersAreAskedFor(String accept) {
		Tenant tenant = this.api.tenant();
		Answer submitted = this.api.send("POST", "/internal/v1/jobs", Api.ADMIN_KEY,
				"{\"organization_id\":\"" + tenant.organization() + "\",\"type\":\"one_call\"}", "Accept", accept);
		assertThat(submitted.status()).as(submitted.toString()).isEqualTo(201);
		Answer list = this.api.get("/v2/jobs", tenant.key(), "Accept", accept);
		assertThat(list.header("Content-Type")).isEqualTo("application/json");
		assertThat(list.data()).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "application/xml", "text/*", "application/json;q=0", "text/event-stream", "nonsense",
			"a/b/c", "application/json;q=2" })
	void whatJsonDoesNotSatisfyIsNotAcceptableAndChangesNothing(String accept) {
		Tenant tenant = this.api.tenant();
		Answer submitted = this.api.send("POST", "/internal/v1/jobs", Api.ADMIN_KEY,
				"{\"organization_id\":\"" + tenant.organization() + "\",\"type\":\"one_call\"}", "Accept", accept);
		assertThat(submitted.status()).as(submitted.toString()).isEqualTo(406);
		assertThat(submitted.errorCode()).isEqualTo("NOT_ACCEPTABLE");
		assertThat(this.api.get("/v2/jobs", tenant.key()).data()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/v3/api-docs/nope", "/v3/api-docs.yaml/x", "/v3/api-docs/springdocDefault" })
	void unknownDocumentIsNotFound(String path) {
		assertThat(this.api.get(path, null).errorCode()).isEqualTo("NOT_FOUND");
	}

	@Test
	void documentIsThereInYamlToo() {
		assertThat(this.api.get("/v3/api-docs.yaml", null).body()).startsWith("openapi: ");
	}

}
