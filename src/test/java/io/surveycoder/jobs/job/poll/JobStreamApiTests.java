package io.surveycoder.jobs.job.poll;

import java.util.List;

import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.testing.Answer;
import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.Api.Tenant;
import io.surveycoder.jobs.testing.Events;
import io.surveycoder.jobs.testing.Events.Event;
import io.surveycoder.jobs.testing.JobRows;
import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code Accept: text/event-stream} for one job (contract §4).
 */
@ServiceTest
class JobStreamApiTests {

	@Autowired
	Api api;

	@Autowired
	JobRows rows;

	private Tenant tenant;

	@BeforeEach
	void makeATenant() {
		this.tenant = this.api.tenant();
	}

	@Test
	void showsTheJobAsItIsThenEachChangeAndEnds() {
		JsonNode job = this.api.submit(this.tenant, ",\"total\":5");
		try (Events events = open(job, null)) {
			assertThat(events.status()).isEqualTo(200);
			assertThat(events.header("Content-Type")).isEqualTo("text/event-stream");
			assertThat(events.header("Cache-Control")).isEqualTo("private, no-cache");
			Event first = events.next();
			assertThat(first.name()).isEqualTo("job");
			assertThat(first.json()).isEqualTo(job);
			JsonNode claimed = this.api.claim(job);
			this.api.work(claimed, "progress", ",\"processed\":3");
			this.api.work(claimed, "complete", ",\"result\":{\n \"a\":\r\n \"\\n\" }");
			Event processing = events.next();
			assertThat(processing.status()).isEqualTo("processing");
			Event last = events.next();
			while (last.status().equals("processing")) {
				last = events.next();
			}
			assertThat(last.data()).endsWith("\"result\":{  \"a\":   \"\\n\" }}");
			assertThat(last.json()).isEqualTo(get(job).data());
			assertThat(Long.parseLong(first.id())).isLessThan(Long.parseLong(processing.id()));
			assertThat(Long.parseLong(processing.id())).isLessThan(Long.parseLong(last.id()));
			assertThat(events.isOver()).isTrue();
		}
	}

	@Test
	void isTakenUpAgainWithNoGapAndNoRepeat() {
		JsonNode job = this.api.submit(this.tenant, ",\"total\":5");
		Event queued;
		try (Events events = open(job, null)) {
			queued = events.next();
		}
		JsonNode claimed = this.api.claim(job);
		this.api.work(claimed, "release", "");
		this.api.work(this.api.claim(job), "complete", ",\"result\":{}");
		List<Event> missed;
		try (Events events = open(job, queued.id())) {
			missed = events.next(4);
			assertThat(missed).extracting(Event::status)
				.containsExactly("processing", "queued", "processing", "completed");
			assertThat(events.isOver()).isTrue();
		}
		try (Events events = open(job, missed.get(1).id())) {
			assertThat(events.next(2)).isEqualTo(missed.subList(2, 4));
			assertThat(events.isOver()).isTrue();
		}
	}

	@Test
	void whoHasTheLastEventIsToldThatThereWillBeNoMore() {
		JobId id = this.rows.insert(this.tenant.organization(), "status", "'failed'", "error_code", "'X'",
				"error_message", "'x'");
		Event failed;
		try (Events events = open(id, null)) {
			failed = events.next();
			assertThat(failed.json().get("error").get("code").stringValue()).isEqualTo("X");
			assertThat(events.isOver()).isTrue();
		}
		Answer again = this.api.get("/v2/jobs/" + id, this.tenant.key(), "Accept", "text/event-stream", "Last-Event-ID",
				failed.id());
		assertThat(again.status()).isEqualTo(204);
	}

	@ParameterizedTest
	@CsvSource({ "9999999999999", "abc", "-1", "''" })
	void idThatIsNoneOfOursBeginsAnew(String lastEventId) {
		JsonNode job = this.api.submit(this.tenant, "");
		try (Events events = open(job, lastEventId.isEmpty() ? null : lastEventId)) {
			assertThat(events.next().json()).isEqualTo(job);
		}
	}

	@Test
	void largeResultIsSentToo() {
		JobId id = this.rows.insert(this.tenant.organization(), "status", "'completed'", "result",
				"('{\"text\":\"' || (select string_agg(md5(n::text), '') from generate_series(1, 20000) n) || '\"}')::json");
		try (Events events = open(id, null)) {
			assertThat(events.next().data()).hasSizeGreaterThan(600_000)
				.isEqualTo(this.api.get("/v2/jobs/" + id, this.tenant.key()).json().get("data").toString());
			assertThat(events.isOver()).isTrue();
		}
	}

	@Test
	void errorsAreTheUsualOnes() {
		Answer unknown = this.api.get("/v2/jobs/job_000000000000000000000000", this.tenant.key(), "Accept",
				"text/event-stream");
		assertThat(unknown.status()).isEqualTo(404);
		assertThat(unknown.header("Content-Type")).startsWith("application/json");
		assertThat(unknown.errorCode()).isEqualTo("NOT_FOUND");
		assertThat(this.api.get("/v2/jobs", null, "Accept", "text/event-stream").errorCode()).isEqualTo("UNAUTHORIZED");
		assertThat(this.api.get("/v2/jobs?status=x", this.tenant.key(), "Accept", "text/event-stream").errorCode())
			.isEqualTo("VALIDATION_ERROR");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			*/*                                          | application/json
			application/json, text/event-stream;q=0.5    | application/json
			text/event-stream;q=0, application/json      | application/json
			text/event-stream, */*;q=0.1                 | text/event-stream
			text/event-stream                            | text/event-stream
			Text/Event-Stream                            | text/event-stream
			text/*, application/json;q=0.5               | application/json
			""")
	void formIsWhatTheClientPrefers(String accept, String sent) {
		JobId id = this.rows.insert(this.tenant.organization(), "status", "'failed'", "error_code", "'X'",
				"error_message", "'x'");
		Answer answer = this.api.get("/v2/jobs/" + id, this.tenant.key(), "Accept", accept);
		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.header("Content-Type")).isEqualTo(sent);
	}

	@ParameterizedTest
	@CsvSource({ "GET, text/*", "GET, text/event-stream;q=0", "HEAD, text/event-stream" })
	void whoTakesNeitherFormIsRefused(String method, String accept) {
		JobId id = this.rows.insert(this.tenant.organization());
		for (String path : List.of("/v2/jobs", "/v2/jobs/" + id)) {
			assertThat(this.api.send(method, path, this.tenant.key(), null, "Accept", accept).status()).isEqualTo(406);
		}
	}

	private Answer get(JsonNode job) {
		return this.api.get("/v2/jobs/" + job.get("id").stringValue(), this.tenant.key());
	}

	private Events open(Object job, String lastEventId) {
		String id = (job instanceof JsonNode json) ? json.get("id").stringValue() : job.toString();
		return Events.open(this.api, "/v2/jobs/" + id, this.tenant.key(), lastEventId);
	}

}
