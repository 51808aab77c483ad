package io.surveycoder.jobs.job.poll;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.testing.Answer;
import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.Api.Tenant;
import io.surveycoder.jobs.testing.ErrorEnvelope;
import io.surveycoder.jobs.testing.JobRows;
import io.surveycoder.jobs.testing.ServiceTest;
import io.surveycoder.jobs.testing.Statements;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code ETag}, {@code If-None-Match} and {@code Sunset} (contract §4).
 */
@ServiceTest
class ConditionalReadApiTests {

	private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter
		.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.US)
		.withZone(ZoneOffset.UTC);

	@Autowired
	Api api;

	@Autowired
	JobRows rows;

	@Autowired
	Statements statements;

	@Autowired
	LargeResults large;

	private Tenant tenant;

	@BeforeEach
	void makeATenant() {
		this.tenant = this.api.tenant();
	}

	@ParameterizedTest
	@ValueSource(strings = { "queued", "completed", "failed", "large" })
	void whatTheClientHasIsNotSentAgain(String status) {
		String path = "/v2/jobs/" + insert(status);
		Answer first = get(path);
		String tag = first.header("ETag");
		assertThat(tag).matches("\"[0-9a-z]+\"");
		for (String sent : List.of(tag, "W/" + tag, "\"other\", " + tag, "*")) {
			for (String method : List.of("GET", "HEAD")) {
				assertNotModified(this.api.send(method, path, this.tenant.key(), null, "If-None-Match", sent), first);
			}
		}
		Answer other = get(path, "If-None-Match", "\"other\"");
		assertThat(other.status()).isEqualTo(200);
		assertThat(other.body()).isEqualTo(first.body());
		assertThat(other.header("ETag")).isEqualTo(tag);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "?status=queued", "?limit=1" })
	void listThatTheClientHasIsNotSentAgain(String query) {
		String path = "/v2/jobs" + query;
		for (int n = 0; n < 2; n++) {
			Answer first = get(path);
			assertThat(first.header("ETag")).matches("\"[\\w-]{22}\"");
			assertThat(first.header("Sunset")).isNull();
			assertNotModified(get(path, "If-None-Match", first.header("ETag")), first);
			assertNotModified(get(path, "If-None-Match", "*"), first);
			this.rows.insert(this.tenant.organization());
			Answer changed = get(path, "If-None-Match", first.header("ETag"));
			assertThat(changed.status()).isEqualTo(200);
			assertThat(changed.header("ETag")).isNotEqualTo(first.header("ETag"));
		}
	}

	private static void assertNotModified(Answer answer, Answer full) {
		assertThat(answer.status()).as(answer.toString()).isEqualTo(304);
		assertThat(answer.body()).isEmpty();
		for (String header : List.of("ETag", "Sunset", "Cache-Control", "Vary")) {
			assertThat(answer.header(header)).as(header).isEqualTo(full.header(header));
		}
		assertThat(answer.header("X-Request-Id")).matches(ErrorEnvelope.UUID_FORM);
		assertThat(answer.header("Content-Type")).isNull();
		assertThat(answer.header("Content-Length")).isNull();
	}

	@Test
	void everyChangeOfAJobChangesItsTag() {
		JsonNode job = this.api.submit(this.tenant, ",\"total\":9,\"priority\":100");
		String path = "/v2/jobs/" + job.get("id").stringValue();
		String submitted = changed(path, "\"\"");
		JsonNode claimed = this.api.claim(job);
		String processing = changed(path, submitted);
		this.api.work(claimed, "progress", ",\"processed\":1");
		String reported = changed(path, processing);
		this.api.work(claimed, "progress", ",\"processed\":2");
		String again = changed(path, reported);
		this.api.work(claimed, "release", "");
		String released = changed(path, again);
		claimed = this.api.claim(job);
		String retried = changed(path, released);
		this.api.work(claimed, "complete", ",\"result\":{}");
		String completed = changed(path, retried);
		assertThat(List.of(submitted, processing, reported, again, released, retried, completed))
			.doesNotHaveDuplicates();
	}

	private String changed(String path, String tag) {
		Answer answer = get(path, "If-None-Match", tag);
		assertThat(answer.status()).isEqualTo(200);
		assertThat(get(path, "If-None-Match", answer.header("ETag")).status()).isEqualTo(304);
		return answer.header("ETag");
	}

	@ParameterizedTest
	@ValueSource(strings = { "completed", "failed", "large" })
	void finishedJobIsKnownToBeTheSameWithoutTheDatabase(String status) {
		String path = "/v2/jobs/" + insert(status);
		String tag = get(path).header("ETag");
		assertThat(this.statements.during(() -> {
			for (int n = 0; n < 3; n++) {
				assertThat(get(path, "If-None-Match", tag).status()).isEqualTo(304);
			}
		})).noneMatch((statement) -> statement.contains("from job"));
	}

	@Test
	void fileOfALargeResultIsNotLookedAtForWhatTheClientHas() throws IOException {
		JobId id = insert("large");
		Answer first = get("/v2/jobs/" + id);
		Files.delete(Objects.requireNonNull(this.large.file(this.tenant.organization(), id)));
		assertThat(get("/v2/jobs/" + id, "If-None-Match", first.header("ETag")).status()).isEqualTo(304);
		assertThat(this.large.file(this.tenant.organization(), id)).doesNotExist();
		assertThat(get("/v2/jobs/" + id).body()).isEqualTo(first.body());
	}

	@Test
	void largeResultThatTheClientHasIsNotRead() {
		JobId id = insert("large");
		assertThat(get("/v2/jobs/" + id, "If-None-Match", "*").status()).isEqualTo(304);
		assertThat(this.large.file(this.tenant.organization(), id)).isNull();
	}

	@ParameterizedTest
	@CsvSource({ "GET, /v2/jobs/job_1a2b3c4d5e6f7a8b9c0d1e2f, 404", "GET, /v2/jobs/x, 404", "HEAD, /v2/jobs/x, 404",
			"GET, /v2/jobs?limit=0, 422", "PUT, /v2/jobs, 405", "GET, /v2/nowhere, 404" })
	void errorIsNoRepresentation(String method, String path, int status) {
		for (String tag : List.of("*", "\"x\"")) {
			Answer answer = this.api.send(method, path, this.tenant.key(), null, "If-None-Match", tag);
			assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
			for (String header : List.of("ETag", "Sunset", "Retry-After", "Link")) {
				assertThat(answer.header(header)).as(header).isNull();
			}
		}
	}

	@Test
	void errorAboutAJobThatIsThereSaysNothingOfIt() {
		String path = "/v2/jobs/" + insert("completed");
		Answer refused = get(path, "Accept", "text/html", "If-None-Match", "*");
		ErrorEnvelope.check(refused, 406, "NOT_ACCEPTABLE");
		assertThat(refused.header("ETag")).isNull();
		assertThat(refused.header("Sunset")).isNull();
		ErrorEnvelope.check(this.api.get(path, this.api.tenant().key(), "If-None-Match", "*"), 404, "NOT_FOUND");
	}

	@Test
	void expiredJobIsGoneThoughTheClientHasIt() {
		JobId id = this.rows.insertAged(this.tenant.organization(), "24 hours");
		ErrorEnvelope.check(get("/v2/jobs/" + id, "If-None-Match", "*"), 404, "NOT_FOUND");
	}

	@Test
	void sunsetIsADayAfterCreation() {
		for (String status : List.of("queued", "completed", "failed", "large")) {
			JobId id = insert(status);
			Instant sunset = HTTP_DATE.parse(get("/v2/jobs/" + id).header("Sunset"), Instant::from);
			assertThat(Duration.between(sunset, id.createdAt().plus(Duration.ofDays(1)))).isBetween(Duration.ZERO,
					Duration.ofMillis(999));
		}
	}

	@Test
	void jobInFlightSaysWhenToAskAgainOn304Too() {
		JobId young = this.rows.insertAged(this.tenant.organization(), "3 seconds");
		JobId old = this.rows.insertAged(this.tenant.organization(), "2 hours");
		JobId half = this.rows.insertAged(this.tenant.organization(), "20 minutes", "processed", "5", "total", "10",
				"updated_at", "now() - interval '9 minutes 50 seconds'");
		assertThat(retryAfter(young)).isBetween(1, 3);
		assertThat(retryAfter(old)).isEqualTo(30);
		// 10 minutes and 10 seconds for the first half, 9:50 of the second are over.
		assertThat(retryAfter(half)).isBetween(10, 20);
	}

	private int retryAfter(JobId id) {
		Answer answer = get("/v2/jobs/" + id);
		Answer same = get("/v2/jobs/" + id, "If-None-Match", answer.header("ETag"));
		assertThat(same.status()).isEqualTo(304);
		int seconds = Integer.parseInt(answer.header("Retry-After"));
		assertThat(Integer.parseInt(same.header("Retry-After"))).isBetween(seconds - 1, seconds + 1);
		return seconds;
	}

	@ParameterizedTest
	@ValueSource(strings = { "completed", "failed", "large" })
	void finishedJobNeedNotBeAskedForAgain(String status) {
		String path = "/v2/jobs/" + insert(status);
		assertThat(get(path).header("Retry-After")).isNull();
		assertThat(get(path, "If-None-Match", "*").header("Retry-After")).isNull();
	}

	private JobId insert(String status) {
		return switch (status) {
			case "completed" -> this.rows.insert(this.tenant.organization(), "status", "'completed'", "result", "'{}'");
			case "failed" -> this.rows.insert(this.tenant.organization(), "status", "'failed'", "error_code", "'E'",
					"error_message", "'m'");
			case "large" -> this.rows.insert(this.tenant.organization(), "status", "'completed'", "result",
					"('\"' || repeat('x', 300000) || '\"')::json");
			default -> this.rows.insert(this.tenant.organization());
		};
	}

	private Answer get(String path, String... headers) {
		return this.api.get(path, this.tenant.key(), headers);
	}

}
