package io.surveycoder.jobs.local;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.util.StringUtils;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/**
 * Shows a newcomer the service at work: an organization, a key, a few jobs and a worker
 * that takes them through their life, all over the service's own HTTP API. Only beside
 * the {@link LocalDatabase}.
 */
@Component
class Demo {

	private static final Logger log = LoggerFactory.getLogger(Demo.class);

	private static final List<Map<String, Object>> JOBS = List.of(
			Map.of("type", "codebook_generation", "total", 40, "payload",
					Map.of("question", "What did you like most?", "outcome", "completes")),
			Map.of("type", "auto_coding", "total", 500, "payload",
					Map.of("question", "Why did you choose us?", "outcome", "completes"), "metadata",
					Map.of("project", "spring-wave")),
			Map.of("type", "codebook_generation", "total", 9, "payload",
					Map.of("question", "Anything else?", "outcome", "completes")),
			Map.of("type", "auto_coding", "total", 60, "max_attempts", 1, "payload",
					Map.of("question", "What went wrong?", "outcome", "fails")));

	private final LocalDatabase database;

	private final Environment environment;

	private final DemoWorker worker = new DemoWorker();

	Demo(LocalDatabase database, Environment environment) {
		this.database = database;
		this.environment = environment;
	}

	@EventListener(ApplicationReadyEvent.class)
	void begin() {
		this.database.secrets().ifPresent((secrets) -> {
			String base = "http://localhost:" + this.environment.getRequiredProperty("local.server.port") + prefix();
			Thread.ofVirtual().name("demo").start(() -> {
				try {
					show(base, secrets);
				}
				catch (RestClientException ex) {
					log.warn("No demo this time (delete .data to start anew): {}", ex.getMessage());
				}
			});
		});
	}

	private String prefix() {
		return Stream.of("server.servlet.context-path", "spring.mvc.servlet.path")
			.map((name) -> StringUtils.trimTrailingCharacter(this.environment.getProperty(name, ""), '/'))
			.collect(Collectors.joining());
	}

	@EventListener(ContextClosedEvent.class)
	void end() {
		this.worker.stop();
	}

	private void show(String base, DemoSecrets secrets) {
		String adminKey = this.environment.getProperty("jobs.bootstrap-admin-key", secrets.adminKey());
		RestClient service = client(base, adminKey);
		if (!works(base, secrets)) {
			introduce(service, secrets);
		}
		String key = secrets.get("organization.key").orElseThrow();
		JsonNode jobs = client(base, key).get().uri("/v2/jobs").retrieve().requiredBody(JsonNode.class);
		if (jobs.get("data").isEmpty()) {
			JOBS.forEach((job) -> post(service, "/internal/v1/jobs",
					with(job, "organization_id", secrets.get("organization.id").orElseThrow())));
		}
		log.info("""


				The jobs API serves at {}  (documentation: {}/swagger-ui.html)
				A demo worker is taking a few jobs through their life. Watch them:

				    curl -H 'x-api-key: {}' {}/v2/jobs

				Submit one of your own (the key below is the operator's: scopes admin and service):

				    curl -H 'x-api-key: {}' -H 'Content-Type: application/json' \\
				      -d '{"organization_id":"{}","type":"auto_coding","total":200,"payload":{"question":"Why?"}}' \\
				      {}/internal/v1/jobs
				""", base, base, key, base, adminKey, secrets.get("organization.id").orElseThrow(), base);
		this.worker.run(service);
	}

	private static boolean works(String base, DemoSecrets secrets) {
		try {
			return secrets.get("organization.key").map((key) -> {
				client(base, key).get().uri("/v2/jobs?limit=1").retrieve().toBodilessEntity();
				return true;
			}).orElse(false);
		}
		catch (HttpClientErrorException.Unauthorized _) {
			return false;
		}
	}

	private static void introduce(RestClient service, DemoSecrets secrets) {
		String organization = post(service, "/internal/v1/organizations", Map.of("name", "Demo")).get("id")
			.stringValue();
		JsonNode key = post(service, "/internal/v1/organizations/" + organization + "/api-keys",
				Map.of("name", "demo", "scopes", List.of("read", "write"), "mode", "test", "requests_per_minute", 600));
		secrets.put("organization.id", organization);
		secrets.put("organization.key", key.get("key").stringValue());
	}

	private static RestClient client(String base, String key) {
		return RestClient.builder().baseUrl(base).defaultHeader("x-api-key", key).build();
	}

	static JsonNode post(RestClient client, String path, Map<String, ?> body) {
		return client.post()
			.uri(path)
			.contentType(MediaType.APPLICATION_JSON)
			.body(body)
			.retrieve()
			.requiredBody(JsonNode.class)
			.get("data");
	}

	private static Map<String, Object> with(Map<String, Object> map, String name, Object value) {
		Map<String, Object> copy = new java.util.HashMap<>(map);
		copy.put(name, value);
		return copy;
	}

}
