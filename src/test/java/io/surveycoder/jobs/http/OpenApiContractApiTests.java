package io.surveycoder.jobs.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.function.BiConsumer;

import com.atlassian.oai.validator.OpenApiInteractionValidator;
import com.atlassian.oai.validator.model.Request.Method;
import com.atlassian.oai.validator.model.SimpleResponse;
import com.atlassian.oai.validator.report.ValidationReport;
import io.surveycoder.jobs.testing.Answer;
import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.Api.Tenant;
import io.surveycoder.jobs.testing.ServiceTest;
import io.swagger.v3.core.util.Json;
import io.swagger.v3.core.util.Yaml;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openapitools.openapidiff.core.OpenApiCompare;
import org.openapitools.openapidiff.core.model.ChangedOpenApi;
import org.openapitools.openapidiff.core.output.ConsoleRender;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.io.ClassPathResource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The frozen contract judges the generated document and the live answers.
 */
@ServiceTest
class OpenApiContractApiTests {

	private static final JsonMapper json = JsonMapper.shared();

	private final String frozen = new ClassPathResource("contract/jobs.openapi.yaml").getContentAsString(UTF_8);

	@Autowired
	Api api;

	OpenApiContractApiTests() throws IOException {
	}

	@Test
	void generatedDocumentIsCompatibleWithTheFrozenOne() {
		ChangedOpenApi changes = OpenApiCompare.fromContents(this.frozen, this.api.get("/v3/api-docs", null).body());
		assertThat(changes.isCompatible()).as(() -> rendered(changes)).isTrue();
		assertThat(changes.getNewEndpoints()).isEmpty();
		assertThat(changes.getMissingEndpoints()).isEmpty();
	}

	/**
	 * Compatible is not enough for bodies: nothing may be added to them, and no bound may
	 * be lost.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "/paths/~1v2~1jobs/get/responses/200", "/paths/~1v2~1jobs~1{id}/get/responses/200",
			"/paths/~1v2~1jobs/get/responses/401", "/paths/~1v2~1jobs~1{id}/get/responses/404" })
	void bodySchemasAreThoseOfTheContract(String response) {
		JsonNode theirs = theirs();
		JsonNode ours = this.api.get("/v3/api-docs", null).json();
		String schema = "/content/application~1json/schema";
		JsonNode expected = plain(theirs, resolve(theirs, theirs.at(response)).at(schema));
		assertThat(expected.isEmpty()).isFalse();
		assertThat(plain(ours, ours.at(response + schema))).isEqualTo(expected);
	}

	@Test
	void parametersAreThoseOfTheContract() {
		JsonNode theirs = theirs();
		JsonNode ours = this.api.get("/v3/api-docs", null).json();
		for (String path : List.of("/paths/~1v2~1jobs/get/parameters", "/paths/~1v2~1jobs~1{id}/get/parameters")) {
			assertThat(ours.at(path)).hasSameSizeAs(theirs.at(path));
			for (int i = 0; i < theirs.at(path).size(); i++) {
				JsonNode expected = theirs.at(path).get(i);
				JsonNode actual = ours.at(path).get(i);
				assertThat(actual.get("name")).isEqualTo(expected.get("name"));
				assertThat(actual.get("in")).isEqualTo(expected.get("in"));
				assertThat(actual.path("required").asBoolean(false)).isEqualTo(expected.get("required").booleanValue());
				assertThat(plain(ours, actual.get("schema"))).isEqualTo(plain(theirs, expected.get("schema")));
			}
		}
	}

	@Test
	void liveAnswersAreThoseOfTheContract() {
		OpenApiInteractionValidator judge = OpenApiInteractionValidator.createForInlineApiSpecification(this.frozen)
			.build();
		Tenant tenant = this.api.tenant();
		JsonNode queued = this.api.submit(tenant, ",\"total\":500");
		JsonNode completed = this.api.submit(tenant, ",\"total\":7");
		this.api.work(this.api.claim(completed), "complete", ",\"result\":{\"any\":[1,null,{\"deep\":true}]}");
		JsonNode failed = this.api.submit(tenant, ",\"max_attempts\":1");
		this.api.work(this.api.claim(failed), "fail", ",\"error\":{\"code\":\"CODING_FAILED\",\"message\":\"no\"}");
		JsonNode processing = this.api.submit(tenant, ",\"total\":3");
		this.api.work(this.api.claim(processing), "progress", ",\"processed\":1");
		BiConsumer<String, String> check = (path, key) -> {
			Answer answer = this.api.get(path, key);
			String template = path.startsWith("/v2/jobs/") ? "/v2/jobs/x" : "/v2/jobs";
			SimpleResponse response = SimpleResponse.Builder.status(answer.status())
				.withContentType(answer.header("content-type"))
				.withBody(answer.body())
				.build();
			ValidationReport report = judge.validateResponse(template, Method.GET, response);
			assertThat(report.getMessages()).as(path + " " + answer).isEmpty();
		};
		for (JsonNode job : List.of(queued, completed, failed, processing)) {
			check.accept("/v2/jobs/" + job.get("id").stringValue(), tenant.key());
		}
		check.accept("/v2/jobs", tenant.key());
		check.accept("/v2/jobs?limit=0", tenant.key());
		check.accept("/v2/jobs", null);
		check.accept("/v2/jobs/job_000000000000000000000000", tenant.key());
	}

	@ParameterizedTest
	@ValueSource(strings = { "/v3/api-docs", "/v3/api-docs/internal" })
	void everyExampleIsValidAgainstItsOwnSchema(String path) {
		JsonNode document = this.api.get(path, null).json();
		List<String> wrong = new ArrayList<>();
		Set<String> seen = new TreeSet<>();
		document.get("components").get("schemas").forEachEntry((name, schema) -> {
			JsonNode example = exampleOf(document, schema);
			seen.add(name);
			validate(document, "/components/schemas/" + name, example)
				.forEach((fault) -> wrong.add(name + ": " + fault));
		});
		document.get("paths")
			.forEachEntry((url,
					item) -> item.forEachEntry((method, operation) -> operation.get("responses")
						.forEachEntry((status, response) -> response.at("/content/application~1json/examples")
							.forEachEntry((code, example) -> {
								seen.add(url + method + status + code);
								validate(document, "/components/schemas/ErrorEnvelope", example.get("value"))
									.forEach((fault) -> wrong.add(url + " " + status + " " + code + ": " + fault));
							}))));
		assertThat(wrong).isEmpty();
		assertThat(seen).hasSizeGreaterThan(10);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/v3/api-docs", "/v3/api-docs/internal" })
	void everySchemaThatIsReferredToIsThereAndEveryAnswerHasOne(String path) {
		JsonNode document = this.api.get(path, null).json();
		Set<String> referred = new TreeSet<>();
		Matcher references = Pattern.compile("\"#/components/schemas/([^\"]+)\"").matcher(document.toString());
		while (references.find()) {
			referred.add(references.group(1));
		}
		assertThat(document.at("/components/schemas").propertyNames()).containsAll(referred);
		document.get("paths").forEachEntry((url, item) -> item.forEachEntry((method, operation) -> {
			for (String status : List.of("200", "201")) {
				JsonNode answer = operation.at("/responses/" + status);
				assertThat(answer.isMissingNode() || answer.at("/content/application~1json/schema").has("$ref"))
					.as(method + " " + url + " " + answer)
					.isTrue();
			}
		}));
	}

	@ParameterizedTest
	@ValueSource(strings = { "/v3/api-docs", "/v3/api-docs/internal" })
	void everyOperationDocumentsItsErrorsAndItsKey(String path) {
		JsonNode document = this.api.get(path, null).json();
		assertThat(document.at("/security/0").has("ApiKeyAuth")).isTrue();
		assertThat(document.at("/components/securitySchemes/ApiKeyAuth/name").stringValue()).isEqualTo("x-api-key");
		document.get("paths").forEachEntry((url, item) -> item.forEachEntry((method, operation) -> {
			if (!url.equals("/health")) {
				assertThat(operation.get("responses").propertyNames()).as(method + " " + url)
					.contains("401", "403", "406", "429", "500", "503", "default");
			}
			if (operation.has("requestBody")) {
				assertThat(operation.get("responses").propertyNames()).as(method + " " + url)
					.contains("413", "415", "422");
				assertThat(operation.at("/requestBody/content/application~1json/schema").isEmpty()).as(url).isFalse();
			}
			if (url.contains("/jobs/{id}/")) {
				assertThat(operation.get("responses").propertyNames()).as(method + " " + url).contains("404", "409");
			}
		}));
	}

	private JsonNode theirs() {
		try {
			return json.readTree(Yaml.mapper().readTree(this.frozen).toString());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String rendered(ChangedOpenApi changes) {
		ByteArrayOutputStream text = new ByteArrayOutputStream();
		new ConsoleRender().render(changes, new OutputStreamWriter(text, UTF_8));
		return text.toString(UTF_8);
	}

	private static JsonNode resolve(JsonNode document, JsonNode node) {
		return node.has("$ref") ? document.at(node.get("$ref").stringValue().substring(1)) : node;
	}

	/**
	 * The schema without references and without words: what it demands.
	 */
	private static JsonNode plain(JsonNode document, JsonNode schema) {
		if (schema.isArray()) {
			return json.valueToTree(schema.valueStream().map((one) -> plain(document, one)).toList());
		}
		if (!schema.isObject()) {
			return schema;
		}
		ObjectNode plain = json.createObjectNode();
		resolve(document, schema).forEachEntry((name, value) -> {
			boolean said = Set.of("description", "example", "title").contains(name) && !value.isObject();
			if (name.equals("required")) {
				plain.set(name,
						json.valueToTree(new TreeSet<>(value.valueStream().map(JsonNode::stringValue).toList())));
			}
			else if (!said && !name.equals("example")) {
				plain.set(name, plain(document, value));
			}
		});
		return plain;
	}

	private static JsonNode exampleOf(JsonNode document, JsonNode schema) {
		JsonNode resolved = resolve(document, schema);
		if (resolved.has("example")) {
			return resolved.get("example");
		}
		if (resolved.has("enum")) {
			return resolved.get("enum").get(0);
		}
		return switch (resolved.path("type").asString("")) {
			case "object" -> {
				ObjectNode example = json.createObjectNode();
				resolved.path("properties")
					.forEachEntry((name, property) -> example.set(name, exampleOf(document, property)));
				yield example;
			}
			case "array" -> json.createArrayNode().add(exampleOf(document, resolved.get("items")));
			case "string" -> switch (resolved.path("format").asString("")) {
				case "date-time" -> json.valueToTree("2026-05-01T12:34:56.789Z");
				case "uuid" -> json.valueToTree("0f8fad5b-d9cb-469f-a165-70867728950e");
				default -> json.valueToTree("text");
			};
			case "integer" -> json.valueToTree(1);
			case "boolean" -> json.valueToTree(true);
			default -> throw new AssertionError("no type: " + resolved);
		};
	}

	private static List<String> validate(JsonNode document, String pointer, JsonNode example) {
		return com.networknt.schema.SchemaRegistry.withDialect(com.networknt.schema.dialect.Dialects.getOpenApi30())
			.getSchema(com.networknt.schema.SchemaLocation.of("https://jobs.example/document#" + pointer),
					toJackson2(document))
			.validate(toJackson2(example))
			.stream()
			.map(String::valueOf)
			.toList();
	}

	private static com.fasterxml.jackson.databind.JsonNode toJackson2(JsonNode node) {
		try {
			return Json.mapper().readTree(node.toString());
		}
		catch (com.fasterxml.jackson.core.JacksonException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
