package io.surveycoder.jobs.job.poll;

import java.util.ArrayList;
import java.util.List;

import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.ErrorEnvelope;
import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What goes beyond the frozen document is documented (contract §4).
 */
@ServiceTest
class JobDocsApiTests {

	@Autowired
	Api api;

	@ParameterizedTest
	@ValueSource(strings = { "/v3/api-docs", "/v3/api-docs/v2" })
	void headersOfReadsAreDocumented(String path) {
		JsonNode paths = this.api.get(path, null).json().get("paths");
		JsonNode one = paths.get("/v2/jobs/{id}");
		for (String status : List.of("200", "304")) {
			assertThat(ErrorEnvelope.members(one.at("/get/responses/" + status + "/headers"))).contains("ETag",
					"Sunset", "Retry-After", "Preference-Applied", "X-Request-Id", "X-RateLimit-Remaining");
		}
		JsonNode list = paths.get("/v2/jobs");
		for (String status : List.of("200", "304")) {
			assertThat(ErrorEnvelope.members(list.at("/get/responses/" + status + "/headers"))).contains("ETag", "Link",
					"X-Request-Id", "X-RateLimit-Remaining");
		}
		for (JsonNode read : List.of(one, list)) {
			assertThat(ErrorEnvelope.members(read.at("/get/responses/200/content"))).containsExactly("application/json",
					"text/event-stream");
			assertThat(read.at("/get/responses/304").has("content")).isFalse();
		}
	}

	@Test
	void parametersOfReadsAreDocumentedInTheWholeDocument() {
		JsonNode paths = this.api.get("/v3/api-docs/v2", null).json().get("paths");
		assertThat(names(paths.at("/~1v2~1jobs~1{id}/get/parameters"))).containsExactly("id", "If-None-Match", "Prefer",
				"Last-Event-ID");
		assertThat(names(paths.at("/~1v2~1jobs/get/parameters"))).containsExactly("status", "limit", "type", "cursor",
				"If-None-Match", "Last-Event-ID");
	}

	@Test
	void wholeDocumentIsOpenApi31() {
		String document = this.api.get("/v3/api-docs/v2", null).body();
		assertThat(document).startsWith("{\"openapi\":\"3.1.")
			.doesNotContain("\"nullable\"", "\"exclusiveMinimum\":true", "\"exclusiveMaximum\":true");
	}

	@Test
	void cancelIsInTheWholeDocumentOnly() {
		JsonNode cancel = this.api.get("/v3/api-docs/v2", null).json().at("/paths/~1v2~1jobs~1{id}~1cancel/post");
		assertThat(cancel.get("operationId").stringValue()).isEqualTo("cancelJob");
		assertThat(ErrorEnvelope.members(cancel.get("responses"))).contains("200", "401", "403", "404", "409", "429");
		assertThat(cancel.at("/responses/200/headers").has("Sunset")).isTrue();
		assertThat(this.api.get("/v3/api-docs", null).body()).doesNotContain("/cancel");
		assertThat(this.api.get("/v3/api-docs/internal", null).body()).doesNotContain("/cancel");
	}

	private static List<String> names(JsonNode parameters) {
		List<String> names = new ArrayList<>();
		parameters.forEach((one) -> names.add(one.get("name").stringValue()));
		return names;
	}

}
