package io.surveycoder.jobs.http;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import io.surveycoder.jobs.http.ErrorWriter.Docs;
import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.examples.Example;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.info.License;
import io.swagger.v3.oas.models.media.BooleanSchema;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;
import org.springdoc.core.filters.OpenApiMethodFilter;
import org.springdoc.core.models.GroupedOpenApi;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.RequestMapping;

/**
 * What the controllers cannot say of themselves: the key, and on each operation the
 * errors and headers that filters and advice add. The frozen public API is
 * {@code /v3/api-docs}, all of it {@code /v3/api-docs/v2}, the rest
 * {@code /v3/api-docs/internal} (contract §3).
 */
@Configuration(proxyBeanMethods = false)
class OpenApiDocs {

	// The frozen document is 3.0, and a comparison takes no schema of 3.1 for one of 3.0.
	// So
	// all are written as 3.0, which is 3.1 too as long as nothing in it is "nullable".
	private static final String OPENAPI_3_1 = "3.1.0";

	private static final String KEY = "ApiKeyAuth";

	private static final String ERROR_SCHEMA = "ErrorEnvelope";

	private static final Map<String, ErrorExample[]> ON_ALL = new TreeMap<>(Map.of( //
			"401", new ErrorExample[] { //
					new ErrorExample(ErrorCode.UNAUTHORIZED, "x-api-key header is required"),
					new ErrorExample(ErrorCode.KEY_REVOKED, "This API key was revoked"),
					new ErrorExample(ErrorCode.KEY_EXPIRED, "This API key has expired"),
					new ErrorExample(ErrorCode.NO_ORG, "The organization of this API key is disabled") },
			"403",
			new ErrorExample[] { new ErrorExample(
					ErrorCode.INSUFFICIENT_SCOPE, "This needs an API key with scope 'read'; the key has 'write'") },
			"406",
			new ErrorExample[] { new ErrorExample(
					ErrorCode.NOT_ACCEPTABLE, "The answer is application/json; the Accept header must allow it") },
			"429",
			new ErrorExample[] { new ErrorExample(ErrorCode.RATE_LIMITED,
					"This API key may make 60 requests a minute; try again in 1 s") },
			"500",
			new ErrorExample[] { new ErrorExample(ErrorCode.INTERNAL_ERROR, "Something went wrong on our side") },
			"503", new ErrorExample[] {
					new ErrorExample(ErrorCode.SERVICE_UNAVAILABLE, "The database is not available; try again") }));

	private static final Map<String, ErrorExample> WITH_INPUT = new TreeMap<>(Map.of( //
			"404", new ErrorExample(ErrorCode.NOT_FOUND, "Job not found"), //
			"409", new ErrorExample(ErrorCode.INVALID_STATE, "lease_token does not hold this job"), //
			"413", new ErrorExample(ErrorCode.PAYLOAD_TOO_LARGE, "The body is larger than 32 MiB"), //
			"415",
			new ErrorExample(ErrorCode.UNSUPPORTED_MEDIA_TYPE,
					"The body must be sent as Content-Type: application/json"), //
			"422", new ErrorExample(ErrorCode.VALIDATION_ERROR, "limit must be an integer between 1 and 100")));

	private static final ErrorExample STILL_RUNNING = new ErrorExample(ErrorCode.INVALID_STATE,
			"The first request with this Idempotency-Key is still running; try again");

	private final Docs docs;

	OpenApiDocs(Docs docs) {
		this.docs = docs;
	}

	@Bean
	OpenAPI openApi() {
		return new OpenAPI()
			.info(new Info().title("Jobs API")
				.version("2.0.0")
				.description("Poll background jobs. Every answer is an envelope; every error names what to do.")
				.license(new License().name("Apache-2.0").url("https://www.apache.org/licenses/LICENSE-2.0")))
			.components(new Components().addSecuritySchemes(KEY,
					new SecurityScheme().type(SecurityScheme.Type.APIKEY)
						.in(SecurityScheme.In.HEADER)
						.name("x-api-key")))
			.addSecurityItem(new SecurityRequirement().addList(KEY));
	}

	/**
	 * The frozen API: a document with more operations would be another. Holds for the
	 * default document only. A path pattern would hold for the groups too.
	 */
	@Bean
	OpenApiMethodFilter frozenApiOnly() {
		return (method) -> {
			RequestMapping mapping = method.getDeclaringClass().getAnnotation(RequestMapping.class);
			return mapping != null && List.of(mapping.path()).equals(List.of("/v2/jobs"));
		};
	}

	@Bean
	GroupedOpenApi wholePublicApi(List<PublicApiDocs> additions) {
		return GroupedOpenApi.builder()
			.group("v2")
			.pathsToMatch("/v2/**")
			.addOpenApiCustomizer((api) -> api.getInfo()
				.title("Jobs API, with all that goes beyond polling")
				.description("All that the document without a group has, and what goes beyond it."))
			.addOpenApiCustomizer((api) -> additions.forEach((one) -> one.addTo(api)))
			.addOpenApiCustomizer((api) -> api.setOpenapi(OPENAPI_3_1))
			.build();
	}

	@Bean
	GroupedOpenApi internalApi() {
		return GroupedOpenApi.builder()
			.group("internal")
			.pathsToMatch("/internal/**", "/health")
			.addOpenApiCustomizer((api) -> api.getInfo()
				.title("Jobs API, service side")
				.version("1.0.0")
				.description("For the operator's own back ends, workers and administrators; asks for a service key."))
			.build();
	}

	@Bean
	GlobalOpenApiCustomizer errorsAndHeaders() {
		return (api) -> {
			ModelConverters.getInstance().readAll(ErrorBody.class).forEach(api.getComponents()::addSchemas);
			api.getComponents().getSchemas().forEach((name, schema) -> {
				fixSuccess(name, schema);
				withoutJavaWidths(schema);
			});
			api.getPaths()
				.forEach((path, item) -> item.readOperations()
					.forEach((operation) -> complete(operation, path.equals("/health"))));
		};
	}

	private void complete(Operation operation, boolean open) {
		ApiResponses responses = operation.getResponses();
		if (!open) {
			ON_ALL.forEach((status, examples) -> responses.addApiResponse(status, error(status, examples)));
		}
		boolean hasBody = operation.getRequestBody() != null;
		if (hasBody) {
			addInput(responses, "413");
			addInput(responses, "415");
		}
		if (parameters(operation).anyMatch((parameter) -> "path".equals(parameter.getIn()))) {
			addInput(responses, "404");
		}
		if (hasBody || parameters(operation).anyMatch((parameter) -> "query".equals(parameter.getIn()))) {
			addInput(responses, "422");
		}
		if (parameters(operation).anyMatch((one) -> SentBody.IDEMPOTENCY_KEY.equals(one.getName()))) {
			responses.addApiResponse("409", error("409", STILL_RUNNING));
		}
		else if (responses.containsKey("409")) {
			addInput(responses, "409");
		}
		responses.addApiResponse("default", new ApiResponse().description("Any other error")
			.content(new Content().addMediaType("application/json", new MediaType().schema(errorSchema()))));
		responses.forEach((status, response) -> addHeaders(status, response, open));
	}

	private static Stream<Parameter> parameters(Operation operation) {
		return (operation.getParameters() != null) ? operation.getParameters().stream() : Stream.empty();
	}

	private void addInput(ApiResponses responses, String status) {
		ErrorExample example = WITH_INPUT.get(status);
		if (example != null) {
			responses.addApiResponse(status, error(status, example));
		}
	}

	private ApiResponse error(String status, ErrorExample... examples) {
		MediaType body = new MediaType().schema(errorSchema());
		for (ErrorExample example : examples) {
			body.addExamples(example.code.name(), new Example().value(Map.of("success", false, "error", Map.of("code",
					example.code.name(), "message", example.message, "doc_url", this.docs.urlOf(example.code)))));
		}
		return new ApiResponse()
			.description(String.join(", ", List.of(examples).stream().map(ErrorExample::name).toList()))
			.content(new Content().addMediaType("application/json", body));
	}

	private static void addHeaders(String status, ApiResponse response, boolean open) {
		response.addHeaderObject("X-Request-Id",
				header("The caller's own when that was a UUID, else a fresh one", new StringSchema().format("uuid")));
		if (!open && !status.equals("401")) {
			response.addHeaderObject("X-RateLimit-Limit",
					header("Requests a minute; absent for a key without a limit", new IntegerSchema()));
			response.addHeaderObject("X-RateLimit-Remaining", header("Requests left now", new IntegerSchema()));
			response.addHeaderObject("X-RateLimit-Reset",
					header("Epoch second at which the whole budget is back", new IntegerSchema().format("int64")));
		}
		if (status.equals("429") || status.equals("503")) {
			response.addHeaderObject("Retry-After", header("Seconds to wait", new IntegerSchema()));
		}
	}

	private static Header header(String description, Schema<?> schema) {
		return new Header().description(description).schema(schema);
	}

	private static Schema<?> errorSchema() {
		return new Schema<>().$ref("#/components/schemas/" + ERROR_SCHEMA);
	}

	private static void fixSuccess(String name, Schema<?> schema) {
		if (schema.getProperties() != null && schema.getProperties().get("success") instanceof BooleanSchema success) {
			success.setEnum(List.of(!name.equals(ERROR_SCHEMA)));
		}
	}

	// The contract knows integers and their bounds, not Java's int.
	private static void withoutJavaWidths(Schema<?> schema) {
		if ("int32".equals(schema.getFormat())) {
			schema.setFormat(null);
		}
		if (schema.getProperties() != null) {
			schema.getProperties().values().forEach(OpenApiDocs::withoutJavaWidths);
		}
	}

	private record ErrorExample(ErrorCode code, String message) {

		String name() {
			return this.code.name();
		}

	}

}
