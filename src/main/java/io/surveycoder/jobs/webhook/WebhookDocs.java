package io.surveycoder.jobs.webhook;

import java.util.Map;

import io.swagger.v3.oas.models.media.Schema;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Says of the lists what their generic envelope cannot: how many they have at most.
 */
@Configuration(proxyBeanMethods = false)
class WebhookDocs {

	private static final Map<String, Integer> LONGEST = Map.of("ListEnvelopeWebhook", Webhooks.MOST,
			"ListEnvelopeWebhookDelivery", DeliveryPage.MOST);

	@Bean
	GlobalOpenApiCustomizer longestWebhookLists() {
		return (api) -> api.getComponents().getSchemas().forEach((name, schema) -> {
			if (LONGEST.containsKey(name) && schema.getProperties().get("data") instanceof Schema<?> list) {
				list.setMaxItems(LONGEST.get(name));
			}
		});
	}

}
