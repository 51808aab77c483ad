package io.surveycoder.jobs.http;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.Api.Tenant;
import io.surveycoder.jobs.testing.ErrorEnvelope;
import io.surveycoder.jobs.testing.RawHttp;
import io.surveycoder.jobs.testing.RawHttp.Reply;
import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Bad input of any kind is never a 5xx and never anything but the envelope: requests made
 * up of well and badly formed parts, the same in every run of a seed.
 */
@ServiceTest
class BadInputApiTests {

	private static final int REQUESTS = 200;

	private static final List<String> METHODS = List.of("GET", "GET", "POST", "POST", "POST", "DELETE", "HEAD", "PUT",
			"PATCH", "OPTIONS", "TRACE", "FOO", "get", "CONNECT", "G\u00e9T");

	private static final List<String> PATHS = List.of("/v2/jobs", "/v2/jobs/job_1a2b3c4d5e6f7a8b9c0d1e2f", "/health",
			"/internal/v1/organizations", "/internal/v1/organizations/@/api-keys", "/internal/v1/organizations/@",
			"/internal/v1/api-keys", "/internal/v1/api-keys/@", "/internal/v1/jobs", "/internal/v1/jobs/claim",
			"/internal/v1/jobs/@/progress", "/internal/v1/jobs/@/complete", "/internal/v1/jobs/@/fail",
			"/internal/v1/jobs/@/release", "/internal/v1/jobs/exchange", "/v2/jobs/@", "/@", "/error", "/v3/api-docs/@",
			"/swagger-ui/@");

	private static final List<String> NAMES = List.of("x", "job_1a2b3c4d5e6f7a8b9c0d1e2f",
			"org_000000000000000000000000", "%", "%zz", "%00", "%2F", "%2e%2e", "..", ".", ";a=b", "%ff", "\u00ff",
			"a b", "'", "\"", "<script>", "%E2%82%AC", "a".repeat(3000), "", "*", "{id}", "[", "\\", "%0d%0aX-Evil:1");

	private static final List<String> QUERIES = List.of("", "", "", "?limit=0", "?limit=%", "?limit=%zz&limit=5",
			"?status=%ff", "?=", "?&&&", "?limit", "?status[]=queued", "?a=" + "b".repeat(3000), "?limit=\u00e9",
			"?" + "a=b&".repeat(1500));

	private static final List<String> HEADERS = List.of("Accept: text/html", "Accept: bogus", "Accept: a/b;q=x",
			"Accept: ", "Content-Type: multipart/form-data", "Content-Type: multipart/form-data; boundary=",
			"Content-Type: application/x-www-form-urlencoded", "Content-Type: application/json; charset=utf-16",
			"Content-Type: ;", "Content-Encoding: gzip", "X-Request-Id: <script>", "Range: bytes=9-1",
			"If-Modified-Since: never", "If-None-Match: \"", "Origin: null", "Cookie: a=\"b", "Expect: 100-continue",
			"Prefer: wait=-1", "Last-Event-ID: x", "Idempotency-Key: \u00ff", "X-HTTP-Method-Override: DELETE",
			"Forwarded: for=\"", "X-Forwarded-Prefix: //", "Transfer-Encoding: chunked", "Upgrade: h2c",
			"Accept-Language: \u00e9", "No-Colon", ": no name", "A\u0001: b", "A: \u0001");

	private static final List<String> VALUES = List.of("null", "true", "0", "-1", "5", "1.5", "1e2", "1e999999",
			"2147483648", "9".repeat(2000), "\"\"", "\"5\"", "\"\\u0000\"", "\"\\ud800\"", "\"\u00ff\"", "[]", "[null]",
			"[[[]]]", "{}", "{\"a\":1}", "{\"a\":\"\\u0000\"}", "[\"read\"]", "[\"service\"]", "\"auto_coding\"",
			"\"0000-01-01T00:00:00Z\"", "\"9999-12-31T23:59:59-18:00\"", "\"2026-05-01T12:34:56Z\"",
			"\"org_000000000000000000000000\"", "{\"a\":".repeat(600) + "1" + "}".repeat(600), "NaN", "tru", "'x'", "",
			"\"" + "a".repeat(3000) + "\"");

	private static final List<String> FIELDS = List.of("name", "scopes", "mode", "expires_at", "requests_per_minute",
			"organization_id", "type", "total", "payload", "priority", "max_attempts", "run_at", "metadata", "worker",
			"types", "limit", "lease_seconds", "wait_seconds", "lease_token", "processed", "result", "error", "retry",
			"surprise", "", "a\\u0000");

	@Autowired
	Api api;

	@LocalServerPort
	int port;

	@ParameterizedTest
	@ValueSource(longs = { 1, 2 })
	void badInputIsTheClientsFaultAndSaidInTheEnvelope(long seed) {
		Random random = new Random(seed);
		Tenant tenant = this.api.tenant();
		int refused = 0;
		for (int i = 0; i < REQUESTS; i++) {
			String request = request(random, tenant);
			Reply reply = RawHttp.send(this.port, request);
			String shown = request.length() > 800 ? request.substring(0, 800) + "…" : request;
			Supplier<String> description = () -> "seed " + seed + ": " + shown + "\n→ " + reply;
			assertThat(reply.status()).as(description).isLessThan(500);
			if (reply.status() >= 400) {
				refused++;
				assertThat(reply.headers()).as(description).containsEntry("Content-Type", "application/json");
				assertThat(reply.headers().get("X-Request-Id")).as(description).matches(ErrorEnvelope.UUID_FORM);
				if (!request.startsWith("HEAD ")) {
					ErrorEnvelope.checkBody(reply.body());
				}
			}
			assertThat(reply.headers()).as(description).doesNotContainKey("X-Evil");
		}
		assertThat(refused).isGreaterThan(REQUESTS / 2);
	}

	private static String request(Random random, Tenant tenant) {
		String path = any(random, PATHS).replace("@", any(random, NAMES));
		boolean service = path.startsWith("/internal") != (random.nextInt(20) == 0);
		StringBuilder head = new StringBuilder(any(random, METHODS)).append(' ')
			.append(path)
			.append(any(random, QUERIES))
			.append(" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
		if (random.nextInt(10) != 0) {
			head.append("x-api-key: ").append(service ? Api.ADMIN_KEY : tenant.key()).append("\r\n");
		}
		for (int more = random.nextInt(6) - 3; more > 0; more--) {
			head.append(any(random, HEADERS)).append("\r\n");
		}
		String body = body(random);
		if (head.indexOf("Content-Type") < 0) {
			head.append("Content-Type: application/json\r\n");
		}
		if (head.indexOf("chunked") < 0) {
			head.append("Content-Length: ").append(body.getBytes(StandardCharsets.ISO_8859_1).length).append("\r\n");
		}
		return head.append("\r\n").append(body).toString();
	}

	private static String body(Random random) {
		StringBuilder body = new StringBuilder("{\"name\":\"a\"");
		for (int more = random.nextInt(5); more > 0; more--) {
			body.append(",\"").append(any(random, FIELDS)).append("\":").append(any(random, VALUES));
		}
		body.append('}');
		return switch (random.nextInt(12)) {
			case 0 -> body.substring(0, random.nextInt(body.length()));
			case 1 -> body + "}";
			case 2 -> "[" + body + "]";
			case 3 -> any(random, VALUES);
			default -> body.toString();
		};
	}

	private static String any(Random random, List<String> values) {
		return values.get(random.nextInt(values.size()));
	}

}
