package io.surveycoder.jobs.webhook;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;

@ServiceTest
class WebhookDocsApiTests {

	@Autowired
	Api api;

	@Test
	void everyEndpointIsDocumentedWithItsAnswersAndErrors() {
		JsonNode document = this.api.get("/v3/api-docs/v2", null).json();
		assertThat(document.get("paths").propertyNames()).contains("/v2/webhooks", "/v2/webhooks/{id}",
				"/v2/webhooks/{id}/ping", "/v2/webhooks/{id}/deliveries",
				"/v2/webhooks/{id}/deliveries/{delivery}/redeliver");
		Set<String> answers = new TreeSet<>();
		document.get("paths").forEachEntry((path, item) -> item.forEachEntry((method, operation) -> {
			if (!path.startsWith("/v2/webhooks")) {
				return;
			}
			assertThat(operation.get("responses").propertyNames()).as(method + " " + path)
				.contains("401", "403", "406", "429", "500", "503", "default");
			if (path.contains("{id}")) {
				assertThat(operation.get("responses").has("404")).as(method + " " + path).isTrue();
			}
			for (String status : List.of("200", "201", "202", "204", "409", "422")) {
				if (operation.get("responses").has(status)) {
					answers.add(method + " " + path + " " + status + " "
							+ operation.at("/responses/" + status + "/content/application~1json/schema/$ref")
								.asString("")
								.replaceFirst(".*/", ""));
				}
			}
		}));
		assertThat(answers).containsExactlyInAnyOrder("get /v2/webhooks 200 ListEnvelopeWebhook",
				"post /v2/webhooks 201 EnvelopeCreatedWebhook", "post /v2/webhooks 409 ErrorEnvelope",
				"post /v2/webhooks 422 ErrorEnvelope", "get /v2/webhooks/{id} 200 EnvelopeWebhook",
				"delete /v2/webhooks/{id} 204 ", "post /v2/webhooks/{id}/ping 202 EnvelopeWebhookDelivery",
				"get /v2/webhooks/{id}/deliveries 200 ListEnvelopeWebhookDelivery",
				"get /v2/webhooks/{id}/deliveries 422 ErrorEnvelope",
				"post /v2/webhooks/{id}/deliveries/{delivery}/redeliver 202 EnvelopeWebhookDelivery");
		assertThat(document.at("/paths/~1v2~1webhooks~1{id}~1deliveries/get/responses/200/headers").has("Link"))
			.isTrue();
		assertThat(document.at("/components/schemas/ListEnvelopeWebhook/properties/data/maxItems").intValue())
			.isEqualTo(20);
		assertThat(document.at("/components/schemas/ListEnvelopeWebhookDelivery/properties/data/maxItems").intValue())
			.isEqualTo(100);
	}

	@Test
	void everySchemaThatIsReferredToIsThere() {
		JsonNode document = this.api.get("/v3/api-docs/v2", null).json();
		Set<String> referred = new TreeSet<>();
		Matcher references = Pattern.compile("\"#/components/schemas/([^\"]+)\"").matcher(document.toString());
		while (references.find()) {
			referred.add(references.group(1));
		}
		assertThat(document.at("/components/schemas").propertyNames()).containsAll(referred);
		assertThat(document.at("/components/schemas/CreatedWebhook/required").valueStream().map(JsonNode::stringValue))
			.containsExactlyInAnyOrder("id", "url", "events", "active", "created_at", "secret");
	}

	@Test
	void whatReceiversGetIsDocumented() {
		JsonNode events = this.api.get("/v3/api-docs/v2", null).json().get("webhooks");
		assertThat(events.propertyNames()).containsExactly("job.completed", "job.failed", "ping");
		events.forEachEntry((name,
				item) -> assertThat(
						item.at("/post/parameters").valueStream().map((one) -> one.get("name").stringValue()))
					.containsExactly("X-Event", "X-Attempt", "X-Signature", "webhook-id", "webhook-timestamp",
							"webhook-signature"));
		assertThat(
				events.at("/job.failed/post/requestBody/content/application~1json/schema/properties").propertyNames())
			.containsExactly("event", "job_id", "timestamp", "error");
		for (String path : List.of("/v3/api-docs", "/v3/api-docs/internal")) {
			assertThat(this.api.get(path, null).json().has("webhooks")).isFalse();
		}
	}

	@Test
	void documentedApiIsLeftAsItIs() {
		assertThat(this.api.get("/v3/api-docs", null).json().get("paths").propertyNames())
			.noneMatch((path) -> path.contains("webhook"));
	}

}
