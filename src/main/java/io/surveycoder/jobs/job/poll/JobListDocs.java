package io.surveycoder.jobs.job.poll;

import io.swagger.v3.oas.models.media.Schema;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Says of the list what its generic envelope cannot: it never has more than 100 jobs.
 */
@Configuration(proxyBeanMethods = false)
class JobListDocs {

	@Bean
	GlobalOpenApiCustomizer longestList() {
		return (api) -> api.getComponents().getSchemas().forEach((name, schema) -> {
			if (name.equals("ListEnvelopeJobSummary") && schema.getProperties().get("data") instanceof Schema<?> list) {
				list.setMaxItems(ListRequest.MOST);
			}
		});
	}

}
