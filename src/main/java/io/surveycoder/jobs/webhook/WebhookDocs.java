package io.surveycoder.jobs.webhook;

import java.util.Map;

import io.swagger.v3.oas.models.media.Schema;
import org.springdoc.core.models.GroupedOpenApi;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Webhooks are a document of their own, {@code /v3/api-docs/webhooks}: the default one is
 * the documented API, to which nothing is added.
 */
@Configuration(proxyBeanMethods = false)
class WebhookDocs {

	private static final Map<String, Integer> LONGEST = Map.of("ListEnvelopeWebhook", Webhooks.MOST,
			"ListEnvelopeDelivery", DeliveryPage.MOST);

	@Bean
	GroupedOpenApi webhooksApi() {
		return GroupedOpenApi.builder()
			.group("webhooks")
			.pathsToMatch("/v2/webhooks/**")
			.addOpenApiCustomizer((api) -> {
				api.getInfo()
					.title("Jobs API, webhooks")
					.description(
							"Be told when a job has finished, instead of asking. Asks for a key of your organization.");
				api.getComponents().getSchemas().forEach((name, schema) -> {
					if (LONGEST.containsKey(name) && schema.getProperties().get("data") instanceof Schema<?> list) {
						list.setMaxItems(LONGEST.get(name));
					}
				});
			})
			.build();
	}

}
