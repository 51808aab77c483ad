package io.surveycoder.jobs.job.poll;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import io.surveycoder.jobs.http.PublicApiDocs;
import io.surveycoder.jobs.job.JobType;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.HeaderParameter;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.parameters.QueryParameter;
import io.swagger.v3.oas.models.responses.ApiResponse;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * What the reads of jobs do with headers (contract §4), which their methods cannot say.
 * Their further parameters are in the document of the whole public API only: those of the
 * other are frozen.
 */
@Configuration(proxyBeanMethods = false)
class JobDocs {

	private static final String ONE = "/v2/jobs/{id}";

	private static final String LIST = "/v2/jobs";

	private static final Header ETAG = header("Of this representation: for If-None-Match", new StringSchema());

	private static final Parameter IF_NONE_MATCH = new HeaderParameter().name("If-None-Match")
		.description("ETags that the client has the answer of: then it is an empty 304, which costs no request of the "
				+ "rate limit")
		.schema(new StringSchema());

	private static final Parameter LAST_EVENT_ID = new HeaderParameter().name("Last-Event-ID")
		.description("The id of the last event of the stream that the client has: then it goes on behind that")
		.schema(new StringSchema());

	private static final Parameter PREFER = new HeaderParameter().name("Prefer")
		.description("wait=N: answer as soon as the job is completed or failed, or after N seconds, at most 60; with "
				+ "If-None-Match as soon as the answer differs. Costs one request of the rate limit, with a 304 too")
		.schema(new StringSchema().example("wait=30"));

	private static final Parameter TYPE = new QueryParameter().name("type")
		.description("Filter jobs by type.")
		.schema(new StringSchema()._enum(JobType.allWire()));

	private static final Parameter CURSOR = new QueryParameter().name("cursor")
		.description("Where the page before ended: take it from its Link")
		.schema(new StringSchema());

	@Bean
	GlobalOpenApiCustomizer answersOfReads() {
		return (api) -> {
			longestList(api);
			read(api, ONE).ifPresent(
					(get) -> describe(get, "The job as it is now, then again with each change; ends after the last",
							Map.of("ETag", ETAG, "Sunset",
									header("When the job expires (HTTP-date)", new StringSchema()), "Retry-After",
									header("Seconds after which to ask again, 1 to 30; absent for a finished job",
											new IntegerSchema()),
									"Preference-Applied",
									header("wait=N, where the request preferred to wait", new StringSchema()))));
			read(api, LIST).ifPresent((get) -> describe(get,
					"Each job of the list as it is now, then each change of one; honours status and type",
					Map.of("ETag", ETAG, "Link", header("rel=\"next\": the next page (RFC 8288), while more jobs exist",
							new StringSchema()))));
		};
	}

	@Bean
	PublicApiDocs parametersOfReads() {
		return (api) -> {
			read(api, ONE).ifPresent((get) -> get.addParametersItem(IF_NONE_MATCH)
				.addParametersItem(PREFER)
				.addParametersItem(LAST_EVENT_ID));
			read(api, LIST).ifPresent((get) -> get.addParametersItem(TYPE)
				.addParametersItem(CURSOR)
				.addParametersItem(IF_NONE_MATCH)
				.addParametersItem(LAST_EVENT_ID));
		};
	}

	private static Optional<Operation> read(OpenAPI api, String path) {
		return Optional.ofNullable(api.getPaths().get(path)).map(PathItem::getGet);
	}

	private static void longestList(OpenAPI api) {
		Schema<?> envelope = api.getComponents().getSchemas().get("ListEnvelopeJobSummary");
		if (envelope != null && envelope.getProperties().get("data") instanceof Schema<?> list) {
			list.setMaxItems(ListRequest.MOST);
		}
	}

	private static void describe(Operation read, String events, Map<String, Header> headers) {
		for (String status : List.of("200", "304")) {
			ApiResponse response = Objects.requireNonNull(read.getResponses().get(status));
			headers.entrySet()
				.stream()
				.sorted(Map.Entry.comparingByKey())
				.forEach((header) -> response.addHeaderObject(header.getKey(), header.getValue()));
		}
		Objects.requireNonNull(read.getResponses().get("200"))
			.getContent()
			.addMediaType("text/event-stream", new MediaType().schema(new StringSchema().description(events
					+ ". Each is an event named job, its id a version that never goes back, its data one line of "
					+ "JSON; a comment comes every 15 s")));
	}

	private static Header header(String description, Schema<?> schema) {
		return new Header().description(description).schema(schema);
	}

}
