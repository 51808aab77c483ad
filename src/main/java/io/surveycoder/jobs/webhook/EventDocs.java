package io.surveycoder.jobs.webhook;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

import io.surveycoder.jobs.http.PublicApiDocs;
import io.surveycoder.jobs.job.JobId;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.DateTimeSchema;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.HeaderParameter;
import io.swagger.v3.oas.models.parameters.RequestBody;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * What the service sends to receivers: the {@code webhooks} of the document that has
 * their endpoints.
 */
@Configuration(proxyBeanMethods = false)
class EventDocs {

	@Bean
	PublicApiDocs webhookEvents() {
		return EventDocs::add;
	}

	private static void add(OpenAPI api) {
		Map<String, PathItem> events = new LinkedHashMap<>();
		events.put("job.completed", event("A job has completed", "job.completed", ofJob("job.completed", "result",
				object("responses_coded", new IntegerSchema().format(null).minimum(java.math.BigDecimal.ZERO)))));
		events.put("job.failed", event("A job has failed, was cancelled, or lost its last lease", "job.failed",
				ofJob("job.failed", "error", object("code", new StringSchema(), "message", new StringSchema()))));
		events.put(DeliveryBody.PING, event("Somebody asked for a ping", "ping",
				object("event", new StringSchema().addEnumItem(DeliveryBody.PING), "timestamp", new DateTimeSchema())));
		// The generator writes 3.0, where it would leave the member of 3.1 out.
		Map<String, Object> members = new LinkedHashMap<>(Objects.requireNonNullElse(api.getExtensions(), Map.of()));
		members.put("webhooks", events);
		api.setExtensions(members);
	}

	private static Schema<?> ofJob(String event, String outcome, Schema<?> schema) {
		Schema<?> body = object("event", new StringSchema().addEnumItem(event), "job_id",
				new StringSchema().pattern(JobId.PATTERN), "timestamp",
				new DateTimeSchema().description("When the job finished, its updated_at."), outcome, schema);
		body.setDescription("The members of the job's metadata stand beside these, before the last; "
				+ "one with a name that is used here is left out.");
		body.setAdditionalProperties(new StringSchema());
		return body;
	}

	private static Schema<?> object(Object... properties) {
		ObjectSchema object = new ObjectSchema();
		for (int i = 0; i < properties.length; i += 2) {
			object.addProperty((String) properties[i], (Schema<?>) properties[i + 1]);
			object.addRequiredItem((String) properties[i]);
		}
		return object;
	}

	private static PathItem event(String summary, String name, Schema<?> body) {
		Operation operation = new Operation().summary(summary)
			.operationId("on." + name)
			.addTagsItem("Webhooks")
			.addParametersItem(header("X-Event", "The event, as in the body."))
			.addParametersItem(header("X-Attempt", "1 to 4: at once, then after 5 s, 30 s and 5 min."))
			.addParametersItem(header("X-Signature",
					"sha256= and the hex HMAC-SHA256 of the body; the key is the whole secret, whsec_ included."))
			.addParametersItem(header("webhook-id",
					"The delivery's id, the same on every attempt and redelivery: drop what was seen before."))
			.addParametersItem(header("webhook-timestamp", "When this attempt was made, in seconds since 1970."))
			.addParametersItem(header("webhook-signature",
					"v1, and the base64 HMAC-SHA256 of <webhook-id>.<webhook-timestamp>.<body>, as Standard Webhooks "
							+ "has it; the key is what the secret's part after whsec_ decodes to."))
			.requestBody(new RequestBody().required(true)
				.content(new Content().addMediaType("application/json", new MediaType().schema(body))))
			.responses(new ApiResponses()
				.addApiResponse("2XX", new ApiResponse().description("Taken. The body is not looked at."))
				.addApiResponse("default", new ApiResponse()
					.description("Not taken, redirects too: tried again, as is what takes longer than 10 s in all.")));
		return new PathItem().post(operation);
	}

	private static HeaderParameter header(String name, String description) {
		HeaderParameter header = new HeaderParameter();
		header.name(name).description(description).required(true).schema(new StringSchema());
		return header;
	}

}
