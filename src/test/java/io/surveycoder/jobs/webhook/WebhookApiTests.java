package io.surveycoder.jobs.webhook;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

import io.surveycoder.jobs.testing.Answer;
import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.Api.Tenant;
import io.surveycoder.jobs.testing.Race;
import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Contract §5, row by row. Hosts are addresses, so that no name is looked up.
 */
@ServiceTest
class WebhookApiTests {

	private static final String URL = "https://1.1.1.1/hooks?key=1";

	@Autowired
	Api api;

	@Autowired
	JdbcClient jdbc;

	private Tenant tenant;

	@BeforeEach
	void makeATenant() {
		this.tenant = this.api.tenant();
	}

	// A service that another test starts would send what is left.
	@AfterEach
	void removeWebhooks() {
		this.jdbc.sql("delete from webhook").update();
	}

	@Test
	void registeredWebhookIsShownWithItsSecretOnce() {
		Answer answer = post("/v2/webhooks", "{\"url\":\"" + URL + "\"}");
		assertThat(answer.status()).isEqualTo(201);
		JsonNode made = answer.data();
		assertThat(made.propertyNames()).containsExactly("id", "url", "events", "active", "created_at", "secret");
		assertThat(made.get("id").stringValue()).matches("wh_[0-9a-f]{24}");
		assertThat(made.get("url").stringValue()).isEqualTo(URL);
		assertThat(made.get("events").toString()).isEqualTo("[\"job.completed\",\"job.failed\"]");
		assertThat(made.get("active").booleanValue()).isTrue();
		assertThat(made.get("created_at").stringValue()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
		assertThat(made.get("secret").stringValue()).matches("whsec_[A-Za-z0-9+/]{43}=");
		Answer got = get("/v2/webhooks/" + made.get("id").stringValue());
		assertThat(got.status()).isEqualTo(200);
		assertThat(got.data().propertyNames()).containsExactly("id", "url", "events", "active", "created_at");
		Answer list = get("/v2/webhooks");
		assertThat(list.data()).hasSize(1);
		assertThat(list.data().get(0)).isEqualTo(got.data());
		assertThat(list.json().at("/meta/count").intValue()).isEqualTo(1);
	}

	@Test
	void secretIsNotReadableInTheDatabase() {
		String secret = post("/v2/webhooks", "{\"url\":\"" + URL + "\"}").data().get("secret").stringValue();
		assertThat(this.jdbc.sql("select encode(secret, 'escape') from webhook where organization_id = ?")
			.param(this.tenant.organization())
			.query(String.class)
			.single()).doesNotContain(secret.substring(6, 16));
	}

	@Test
	void listIsOldestFirstAndTheOrganizationsOwn() {
		String first = register();
		String second = register();
		this.jdbc.sql("update webhook set created_at = now() + interval '1 s' where id = ?").param(second).update();
		Tenant other = this.api.tenant();
		assertThat(get("/v2/webhooks").data().valueStream().map((one) -> one.get("id").stringValue()))
			.containsExactly(first, second);
		assertThat(this.api.get("/v2/webhooks", other.key()).data()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "[\"job.completed\"]", "[\"job.failed\"]", "[\"*\"]", "[\"*\",\"job.failed\"]" })
	void eventsAreThoseAskedFor(String events) {
		Answer answer = post("/v2/webhooks", "{\"url\":\"" + URL + "\",\"events\":" + events + "}");
		assertThat(answer.data().get("events").toString()).isEqualTo(events);
	}

	@Test
	void repeatedEventIsKeptOnce() {
		assertThat(post("/v2/webhooks", "{\"url\":\"" + URL + "\",\"events\":[\"*\",\"*\"]}").data().get("events"))
			.hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "{\"url\":null}", "{\"url\":\"\"}", "{\"url\":1}", "{\"url\":\"http://1.1.1.1/\"}",
			"{\"url\":\"https://user:pw@1.1.1.1/\"}", "{\"url\":\"https://1.1.1.1/#a\"}",
			"{\"url\":\"ftp://1.1.1.1/\"}", "{\"url\":\"https:///\"}", "{\"url\":\"hooks\"}",
			"{\"url\":\"https://127.0.0.1/\"}", "{\"url\":\"https://localhost/\"}", "{\"url\":\"https://localhost./\"}",
			"{\"url\":\"https://[::1]/\"}", "{\"url\":\"https://[::ffff:127.0.0.1]/\"}",
			"{\"url\":\"https://[::ffff:7f00:1]/\"}", "{\"url\":\"https://10.1.2.3/\"}",
			"{\"url\":\"https://169.254.169.254/latest/meta-data/\"}", "{\"url\":\"https://[fd00:ec2::254]/\"}",
			"{\"url\":\"https://0.0.0.0/\"}", "{\"url\":\"https://2130706433/\"}", "{\"url\":\"https://0x7f.1/\"}",
			"{\"url\":\"https://192.168.1.1:8443/\"}" })
	void urlThatIsNoneOfThePublicInternetIsRefusedByName(String body) {
		Answer answer = post("/v2/webhooks", body);
		assertThat(answer.status()).as(answer.toString()).isEqualTo(422);
		assertThat(answer.errorMessage()).startsWith("url ");
		assertThat(get("/v2/webhooks").data()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { ",\"events\":[]", ",\"events\":[\"job.queued\"]", ",\"events\":[null]",
			",\"events\":\"*\"", ",\"events\":[\"JOB.FAILED\"]", ",\"events\":[1]" })
	void badEventsAreRefusedByName(String members) {
		Answer answer = post("/v2/webhooks", "{\"url\":\"" + URL + "\"" + members + "}");
		assertThat(answer.status()).as(answer.toString()).isEqualTo(422);
		assertThat(answer.errorMessage()).startsWith("events");
	}

	@Test
	void unknownFieldAndOverlongUrlAreRefused() {
		assertThat(post("/v2/webhooks", "{\"url\":\"" + URL + "\",\"secret\":\"x\"}").errorMessage())
			.contains("Unknown field secret");
		assertThat(post("/v2/webhooks", "{\"url\":\"https://1.1.1.1/" + "a".repeat(1984) + "\"}").status())
			.isEqualTo(201);
		assertThat(post("/v2/webhooks", "{\"url\":\"https://1.1.1.1/" + "a".repeat(1985) + "\"}").errorMessage())
			.startsWith("url must have 1 to 2000 characters");
	}

	@Test
	void hostThatIsNotKnownNowIsAccepted() {
		assertThat(post("/v2/webhooks", "{\"url\":\"https://not-there.invalid/\"}").status()).isEqualTo(201);
	}

	@Test
	void twentyOfARaceOfThirtyAreMadeAndOneThatIsDeletedMakesRoom() {
		List<Callable<Answer>> racers = new ArrayList<>(
				Collections.nCopies(30, () -> post("/v2/webhooks", "{\"url\":\"" + URL + "\"}")));
		List<Answer> answers = Race.of(racers);
		assertThat(answers.stream().filter((answer) -> answer.status() == 201)).hasSize(20);
		assertThat(answers.stream().filter((answer) -> answer.status() != 201)).hasSize(10)
			.allSatisfy((answer) -> assertThat(answer.status()).isEqualTo(409))
			.allSatisfy((answer) -> assertThat(answer.errorCode()).isEqualTo("INVALID_STATE"));
		JsonNode made = get("/v2/webhooks").data();
		assertThat(made).hasSize(20);
		delete("/v2/webhooks/" + made.get(7).get("id").stringValue());
		assertThat(post("/v2/webhooks", "{\"url\":\"" + URL + "\"}").status()).isEqualTo(201);
		assertThat(post("/v2/webhooks", "{\"url\":\"" + URL + "\"}").status()).isEqualTo(409);
	}

	@Test
	void deletedWebhookIsGone() {
		String path = "/v2/webhooks/" + register();
		Answer deleted = delete(path);
		assertThat(deleted.status()).isEqualTo(204);
		assertThat(deleted.body()).isEmpty();
		assertThat(get(path).status()).isEqualTo(404);
		assertThat(delete(path).status()).isEqualTo(404);
		assertThat(get(path + "/deliveries").status()).isEqualTo(404);
		assertThat(get("/v2/webhooks").data()).isEmpty();
	}

	@Test
	void foreignUnknownAndMalformedIdsAnswerAlike() {
		String webhook = register();
		String delivery = send("POST", "/v2/webhooks/" + webhook + "/ping").data().get("id").stringValue();
		Tenant other = this.api.tenant();
		String own = this.api.send("POST", "/v2/webhooks", other.key(), "{\"url\":\"" + URL + "\"}")
			.data()
			.get("id")
			.stringValue();
		Set<String> answers = new HashSet<>();
		for (String id : List.of(webhook, "wh_000000000000000000000000", "wh_x", "WH_000000000000000000000000")) {
			for (String call : List.of("GET ", "DELETE ", "POST /ping", "GET /deliveries",
					"POST /deliveries/" + delivery + "/redeliver")) {
				String[] parts = call.split(" ", 2);
				Answer answer = this.api.send(parts[0], "/v2/webhooks/" + id + parts[1], other.key(), null);
				assertThat(answer.status()).as(call + id).isEqualTo(404);
				answers.add(answer.body());
			}
		}
		assertThat(answers).hasSize(1);
		assertThat(answers.iterator().next()).contains("Webhook not found");
		for (String id : List.of(delivery, "whd_000000000000000000000000", "whd_x")) {
			Answer answer = this.api.send("POST", "/v2/webhooks/" + own + "/deliveries/" + id + "/redeliver",
					other.key(), null);
			assertThat(answer.status()).isEqualTo(404);
			assertThat(answer.errorMessage()).isEqualTo("Delivery not found");
		}
	}

	@Test
	void keyThatMayOnlyReadChangesNothing() {
		String webhook = register();
		String delivery = send("POST", "/v2/webhooks/" + webhook + "/ping").data().get("id").stringValue();
		String reader = this.api.key(this.tenant.organization(), "\"scopes\":[\"read\"],\"requests_per_minute\":0");
		String writer = this.api.key(this.tenant.organization(), "\"scopes\":[\"write\"],\"requests_per_minute\":0");
		String path = "/v2/webhooks/" + webhook;
		for (String call : List.of("DELETE " + path, "POST " + path + "/ping",
				"POST " + path + "/deliveries/" + delivery + "/redeliver")) {
			String[] parts = call.split(" ");
			assertThat(this.api.send(parts[0], parts[1], reader, null).errorCode()).isEqualTo("INSUFFICIENT_SCOPE");
		}
		assertThat(this.api.send("POST", "/v2/webhooks", reader, "{\"url\":\"" + URL + "\"}").errorCode())
			.isEqualTo("INSUFFICIENT_SCOPE");
		for (String read : List.of("/v2/webhooks", path, path + "/deliveries")) {
			assertThat(this.api.get(read, reader).status()).isEqualTo(200);
			assertThat(this.api.get(read, writer).errorCode()).isEqualTo("INSUFFICIENT_SCOPE");
			assertThat(this.api.get(read, null).status()).isEqualTo(401);
			assertThat(this.api.get(read, Api.ADMIN_KEY).status()).isEqualTo(403);
		}
		assertThat(this.api.send("POST", path + "/ping", writer, null).status()).isEqualTo(202);
	}

	@Test
	void otherMethodsAreNotAllowed() {
		assertThat(send("PUT", "/v2/webhooks").status()).isEqualTo(405);
		assertThat(send("PATCH", "/v2/webhooks/" + register()).status()).isEqualTo(405);
	}

	@Test
	void pingIsADeliveryThatIsDue() {
		String webhook = register();
		Answer answer = send("POST", "/v2/webhooks/" + webhook + "/ping");
		assertThat(answer.status()).isEqualTo(202);
		assertThat(answer.data().propertyNames()).containsExactly("id", "event", "status", "created_at",
				"next_attempt_at", "attempts");
		assertThat(answer.data().get("event").stringValue()).isEqualTo("ping");
		assertThat(answer.data().get("status").stringValue()).isEqualTo("pending");
		assertThat(get("/v2/webhooks/" + webhook + "/deliveries").data().get(0)).isEqualTo(answer.data());
	}

	@Test
	void finishedJobIsInTheLogOfItsWebhooks() {
		String webhook = register();
		JsonNode job = this.api.submit(this.tenant, ",\"total\":7");
		this.api.work(this.api.claim(job), "complete", ",\"result\":{}");
		JsonNode delivery = get("/v2/webhooks/" + webhook + "/deliveries").data().get(0);
		assertThat(delivery.get("event").stringValue()).isEqualTo("job.completed");
		assertThat(delivery.get("job_id")).isEqualTo(job.get("id"));
		JsonNode failing = this.api.submit(this.tenant, ",\"max_attempts\":1");
		this.api.work(this.api.claim(failing), "fail", ",\"error\":{\"code\":\"E\",\"message\":\"m\"}");
		assertThat(get("/v2/webhooks/" + webhook + "/deliveries").data()
			.valueStream()
			.map((one) -> one.get("event").stringValue())).containsExactly("job.failed", "job.completed");
	}

	@Test
	void logIsPagedNewestFirstWithoutGapAndRepeat() {
		String webhook = register();
		WebhookRows rows = new WebhookRows(this.jdbc);
		List<String> written = Stream.generate(() -> rows.deliver(webhook)).limit(7).sorted().toList().reversed();
		List<String> seen = new ArrayList<>();
		String path = "/v2/webhooks/" + webhook + "/deliveries?limit=3";
		int pages = 0;
		while (path != null) {
			Answer page = get(path);
			page.data().forEach((one) -> seen.add(one.get("id").stringValue()));
			String link = page.header("link");
			path = (link != null) ? link.substring(1, link.indexOf(">; rel=\"next\"")) : null;
			pages++;
		}
		assertThat(seen).isEqualTo(written);
		assertThat(pages).isEqualTo(3);
		assertThat(get("/v2/webhooks/" + webhook + "/deliveries?limit=7").header("link")).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "limit=0", "limit=101", "limit=abc", "limit=", "limit=1&limit=2", "cursor=", "cursor=x",
			"cursor=AAAAAAAAAAAAAAA%3D", "cursor=AAAAAAAAAAAAAAAA", "cursor=AAAAAAAAAAAAAAAAAA",
			"cursor=ZAAAAAAAAAAAAAAAAB", "cursor=ZAAAAAAAAAAAAAAAAA%3D%3D", "cursor=YQAAAAAAAAAAAAAAAA",
			"cursor=AAAAAAAAAAAAAAAA&cursor=AAAAAAAAAAAAAAAA" })
	void badPageIsRefusedByName(String query) {
		Answer answer = get("/v2/webhooks/" + register() + "/deliveries?" + query);
		assertThat(answer.status()).isEqualTo(422);
		assertThat(answer.errorMessage()).startsWith(query.substring(0, query.indexOf('=')));
	}

	@Test
	void deliveryShowsWhatBecameOfItsAttempts() {
		String webhook = register();
		WebhookRows rows = new WebhookRows(this.jdbc);
		rows.deliver(webhook, "attempt", "2", "due_at", "'2026-05-01 12:34:56.789Z'", "attempts", """
				'[{"attempt":1,"at":1777638896789,"status":500,"error":"The answer was no success","duration":12},
				  {"attempt":2,"at":1777638902000,"status":null,"error":"No answer within 10 s","duration":10000}]'""");
		JsonNode delivery = get("/v2/webhooks/" + webhook + "/deliveries").data().get(0);
		assertThat(delivery.get("next_attempt_at").stringValue()).isEqualTo("2026-05-01T12:34:56.789Z");
		assertThat(delivery.get("attempts").toString()).isEqualTo(
				"[{\"attempt\":1,\"at\":\"2026-05-01T12:34:56.789Z\",\"status_code\":500,\"error\":\"The answer was no success\",\"duration_ms\":12},"
						+ "{\"attempt\":2,\"at\":\"2026-05-01T12:35:02.000Z\",\"error\":\"No answer within 10 s\",\"duration_ms\":10000}]");
	}

	@Test
	void redeliveryIsAFreshRoundOfTheSameDelivery() {
		String webhook = register();
		WebhookRows rows = new WebhookRows(this.jdbc);
		String attempt = "{\"attempt\":1,\"at\":0,\"status\":500,\"error\":\"x\",\"duration\":1}";
		String delivery = rows.deliver(webhook, "attempt", "4", "status", "'failed'", "due_at", "null", "attempts",
				"'[" + String.join(",", Collections.nCopies(9, attempt)) + "]'");
		Answer answer = send("POST", "/v2/webhooks/" + webhook + "/deliveries/" + delivery + "/redeliver");
		assertThat(answer.status()).isEqualTo(202);
		assertThat(answer.data().get("id").stringValue()).isEqualTo(delivery);
		assertThat(answer.data().get("status").stringValue()).isEqualTo("pending");
		assertThat(answer.data().get("attempts")).hasSize(6);
		assertThat(
				rows.delivery(delivery, "attempt || ' ' || (due_at <= now()) || ' ' || coalesce(lease::text, 'free')"))
			.isEqualTo("0 true free");
	}

	private String register() {
		return post("/v2/webhooks", "{\"url\":\"" + URL + "\"}").data().get("id").stringValue();
	}

	private Answer post(String path, String body) {
		return this.api.send("POST", path, this.tenant.key(), body);
	}

	private Answer send(String method, String path) {
		return this.api.send(method, path, this.tenant.key(), null);
	}

	private Answer get(String path) {
		return this.api.get(path, this.tenant.key());
	}

	private Answer delete(String path) {
		return send("DELETE", path);
	}

}
