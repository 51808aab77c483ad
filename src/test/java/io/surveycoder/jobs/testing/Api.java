package io.surveycoder.jobs.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

import tools.jackson.databind.JsonNode;

import org.springframework.boot.test.context.TestComponent;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

/**
 * The service as a client sees it: HTTP and nothing else.
 */
@TestComponent
@Lazy
public class Api {

	/**
	 * The bootstrap key of all test services.
	 */
	public static final String ADMIN_KEY = "scp_svc_TestTestTestTestTestTestTestTest";

	private final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

	private final String base;

	@org.springframework.beans.factory.annotation.Autowired
	Api(Environment environment) {
		this("http://127.0.0.1:" + environment.getRequiredProperty("local.server.port"));
	}

	public Api(String base) {
		this.base = base;
	}

	public String base() {
		return this.base;
	}

	/**
	 * Sends a request.
	 * @param key the {@code x-api-key}; null: none
	 * @param body JSON; null: none
	 * @param headers names and values in turn
	 */
	public Answer send(String method, String path, String key, String body, String... headers) {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(this.base + path))
			.timeout(Duration.ofSeconds(60))
			.method(method, (body != null) ? BodyPublishers.ofString(body) : BodyPublishers.noBody());
		if (key != null) {
			request.header("x-api-key", key);
		}
		if (body != null) {
			request.header("Content-Type", "application/json");
		}
		if (headers.length > 0) {
			request.headers(headers);
		}
		try {
			return new Answer(this.http.send(request.build(), BodyHandlers.ofString()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	public Answer get(String path, String key, String... headers) {
		return send("GET", path, key, null, headers);
	}

	/**
	 * Posts with the admin key.
	 */
	public Answer post(String path, String body) {
		return send("POST", path, ADMIN_KEY, body);
	}

	/**
	 * Makes an organization with a key of scopes read and write and no rate limit.
	 */
	public Tenant tenant() {
		String organization = post("/internal/v1/organizations", "{\"name\":\"Test\"}").data().get("id").stringValue();
		return new Tenant(organization, key(organization, "\"scopes\":[\"read\",\"write\"],\"requests_per_minute\":0"));
	}

	/**
	 * Makes a key for an organization.
	 * @param members JSON members beside the name
	 */
	public String key(String organization, String members) {
		return post("/internal/v1/organizations/" + organization + "/api-keys", "{\"name\":\"test\"," + members + "}")
			.data()
			.get("key")
			.stringValue();
	}

	/**
	 * Submits an auto_coding job.
	 * @param members further JSON members, each preceded by a comma; may be empty
	 * @return the job
	 */
	public JsonNode submit(Tenant tenant, String members) {
		return post("/internal/v1/jobs",
				"{\"organization_id\":\"" + tenant.organization + "\",\"type\":\"auto_coding\"" + members + "}")
			.data();
	}

	/**
	 * Claims through the API. Other tests' jobs may come along: use it where the queue is
	 * the test's own, or keep only what is the tenant's.
	 */
	public JsonNode claim(String members) {
		return post("/internal/v1/jobs/claim", "{\"worker\":\"test\"" + members + "}").data();
	}

	/**
	 * Claims until this very job comes; jobs of other tests that come first are released
	 * at the end.
	 */
	public JsonNode claim(JsonNode job) {
		java.util.List<JsonNode> others = new java.util.ArrayList<>();
		try {
			while (true) {
				JsonNode claimed = claim(",\"limit\":100");
				JsonNode found = null;
				for (JsonNode one : claimed) {
					if (one.get("id").equals(job.get("id"))) {
						found = one;
					}
					else {
						others.add(one);
					}
				}
				if (found != null) {
					return found;
				}
				if (claimed.isEmpty()) {
					throw new AssertionError("Not claimable: " + job);
				}
			}
		}
		finally {
			others.forEach((other) -> work(other, "release", ""));
		}
	}

	/**
	 * Makes a worker's call about a claimed job.
	 * @param members further JSON members, each preceded by a comma; may be empty
	 */
	public Answer work(JsonNode claimed, String verb, String members) {
		return post("/internal/v1/jobs/" + claimed.get("id").stringValue() + "/" + verb,
				"{\"lease_token\":" + claimed.get("lease_token") + members + "}");
	}

	/**
	 * An organization and its key.
	 */
	public record Tenant(String organization, String key) {
	}

}
