package io.surveycoder.jobs.job.cancel;

import java.util.List;
import java.util.concurrent.Callable;

import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.testing.Answer;
import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.Api.Tenant;
import io.surveycoder.jobs.testing.ErrorEnvelope;
import io.surveycoder.jobs.testing.JobRows;
import io.surveycoder.jobs.testing.Race;
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
 * {@code POST /v2/jobs/{id}/cancel} (contract §4).
 */
@ServiceTest
class CancelApiTests {

	private static final String ERROR = "{\"code\":\"CANCELLED\",\"message\":\"Cancelled by the client\"}";

	@Autowired
	Api api;

	@Autowired
	JobRows rows;

	@Autowired
	Statements statements;

	private Tenant tenant;

	@BeforeEach
	void makeATenant() {
		this.tenant = this.api.tenant();
	}

	@ParameterizedTest
	@ValueSource(strings = { "queued", "deferred", "resting", "processing" })
	void unfinishedJobFailsAtOnce(String state) {
		JobId id = insert(state);
		String before = this.api.get("/v2/jobs/" + id, this.tenant.key()).header("ETag");
		Answer cancelled = cancel(id);
		assertThat(cancelled.status()).as(cancelled.toString()).isEqualTo(200);
		assertThat(ErrorEnvelope.members(cancelled.data())).containsExactly("created_at", "error", "id", "progress",
				"status", "type", "updated_at");
		assertThat(cancelled.data().get("status").stringValue()).isEqualTo("failed");
		assertThat(cancelled.data().get("error").toString()).isEqualTo(ERROR);
		Answer read = this.api.get("/v2/jobs/" + id, this.tenant.key());
		assertThat(read.body()).isEqualTo(cancelled.body());
		assertThat(read.header("ETag")).isNotEqualTo(before);
		assertThat(read.header("Sunset")).isNotNull().isEqualTo(cancelled.header("Sunset"));
		assertThat(this.rows.value(id, "run_at is null and lease_token is null and lease_expires_at is null",
				Boolean.class))
			.isTrue();
	}

	@Test
	void progressSoFarStays() {
		JobId id = this.rows.insert(this.tenant.organization(), "processed", "3", "total", "9");
		assertThat(cancel(id).data().get("progress").toString())
			.isEqualTo("{\"processed\":3,\"total\":9,\"percentage\":33}");
	}

	@Test
	void cancellationIsOneStatement() {
		JobId id = insert("queued");
		assertThat(this.statements.during(() -> cancel(id))).filteredOn((one) -> one.contains(" job"))
			.singleElement()
			.asString()
			.startsWith("update job");
	}

	@ParameterizedTest
	@ValueSource(strings = { "completed", "failed", "cancelled" })
	void finishedJobStaysAsItIs(String state) {
		JobId id = insert(state);
		String before = this.rows.row(id);
		assertThat(ErrorEnvelope.check(cancel(id), 409, "INVALID_STATE"))
			.isEqualTo("The job is already " + state.replace("cancelled", "failed"));
		assertThat(this.rows.row(id)).isEqualTo(before);
		assertThat(cancel(id).header("Sunset")).isNull();
	}

	@Test
	void jobThatIsNotThereIsNotFound() {
		JobId foreign = this.rows.insert(this.api.tenant().organization());
		JobId expired = this.rows.insertAged(this.tenant.organization(), "24 hours");
		for (String id : List.of(foreign.value(), expired.value(), "job_ffffffffffffffffffffffff", "x")) {
			Answer answer = this.api.send("POST", "/v2/jobs/" + id + "/cancel", this.tenant.key(), null);
			assertThat(ErrorEnvelope.check(answer, 404, "NOT_FOUND")).isEqualTo("Job not found");
		}
		assertThat(this.rows.value(foreign, "status", String.class)).isEqualTo("queued");
		assertThat(this.rows.value(expired, "status", String.class)).isEqualTo("queued");
	}

	@Test
	void scopeToWriteIsNeeded() {
		JobId id = insert("queued");
		String reader = this.api.key(this.tenant.organization(), "\"scopes\":[\"read\"]");
		String writer = this.api.key(this.tenant.organization(), "\"scopes\":[\"write\"],\"requests_per_minute\":2");
		String path = "/v2/jobs/" + id + "/cancel";
		assertThat(ErrorEnvelope.check(this.api.send("POST", path, reader, null), 403, "INSUFFICIENT_SCOPE"))
			.contains("'write'");
		ErrorEnvelope.check(this.api.send("POST", path, Api.ADMIN_KEY, null), 403, "INSUFFICIENT_SCOPE");
		ErrorEnvelope.check(this.api.send("POST", path, null, null), 401, "UNAUTHORIZED");
		assertThat(this.rows.value(id, "status", String.class)).isEqualTo("queued");
		Answer cancelled = this.api.send("POST", path, writer, null);
		assertThat(cancelled.status()).isEqualTo(200);
		assertThat(cancelled.header("X-RateLimit-Remaining")).isEqualTo("1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH" })
	void anyOtherMethodIsNotAllowed(String method) {
		Answer answer = this.api.send(method, "/v2/jobs/" + insert("queued") + "/cancel", this.tenant.key(), null);
		assertThat(answer.status()).isEqualTo(405);
		assertThat(answer.header("Allow")).isEqualTo("POST");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "{\"any\":1}", "nonsense", "[]" })
	void bodyIsIgnored(String body) {
		JobId id = insert("queued");
		Answer answer = this.api.send("POST", "/v2/jobs/" + id + "/cancel", this.tenant.key(), body);
		assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
	}

	@Test
	void answerThatTheClientCannotTakeChangesNothing() {
		JobId id = insert("queued");
		ErrorEnvelope.check(
				this.api.send("POST", "/v2/jobs/" + id + "/cancel", this.tenant.key(), null, "Accept", "text/html"),
				406, "NOT_ACCEPTABLE");
		assertThat(this.rows.value(id, "status", String.class)).isEqualTo("queued");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "progress | ,\"processed\":0", "complete | ,\"result\":{}", "release | ''",
			"fail | ,\"error\":{\"code\":\"E\",\"message\":\"m\"}",
			"fail | ,\"error\":{\"code\":\"CANCELLED\",\"message\":\"Cancelled by the client\"}",
			"fail | ,\"error\":{\"code\":\"CANCELLED\",\"message\":\"Cancelled by the client\"},\"retry\":false" })
	void workersNextCallIsRefused(String verb, String members) {
		JsonNode claimed = this.api.claim(this.api.submit(this.tenant, ",\"priority\":100"));
		JobId id = new JobId(claimed.get("id").stringValue());
		assertThat(cancel(id).status()).isEqualTo(200);
		String before = this.rows.row(id);
		ErrorEnvelope.check(this.api.work(claimed, verb, members), 409, "INVALID_STATE");
		assertThat(this.rows.row(id)).isEqualTo(before);
	}

	@Test
	void entriesOfBatchesAreRefusedAlone() {
		JsonNode cancelled = this.api.claim(this.api.submit(this.tenant, ",\"priority\":100"));
		JsonNode other = this.api.claim(this.api.submit(this.tenant, ",\"priority\":100"));
		cancel(new JobId(cancelled.get("id").stringValue()));
		String job = "{\"id\":" + cancelled.get("id") + ",\"lease_token\":" + cancelled.get("lease_token");
		String completion = job + ",\"result\":{}}";
		JsonNode batch = this.api
			.post("/internal/v1/jobs/complete",
					"{\"jobs\":[" + completion + ",{\"id\":" + other.get("id") + ",\"lease_token\":"
							+ other.get("lease_token") + ",\"result\":{}}]}")
			.data();
		assertThat(batch.at("/0/error/code").stringValue()).isEqualTo("INVALID_STATE");
		assertThat(batch.at("/1/status").stringValue()).isEqualTo("completed");
		JsonNode exchanged = this.api
			.post("/internal/v1/jobs/exchange",
					"{\"complete\":[" + completion + "],\"fail\":[" + job + ",\"error\":" + ERROR + "}]}")
			.data();
		assertThat(exchanged.at("/completed/0/error/code").stringValue()).isEqualTo("INVALID_STATE");
		assertThat(exchanged.at("/failed/0/error/code").stringValue()).isEqualTo("INVALID_STATE");
	}

	@Test
	void cancelledJobIsNeverClaimedAndThoseBehindItAre() {
		JobId first = this.rows.insert(this.tenant.organization(), "priority", "100", "type", "'one_call'");
		JobId second = this.rows.insert(this.tenant.organization(), "priority", "100", "type", "'one_call'");
		JobId third = this.rows.insert(this.tenant.organization(), "priority", "100", "type", "'one_call'");
		cancel(second);
		for (JobId next : List.of(first, third)) {
			JsonNode claimed = this.api.claim(",\"types\":[\"one_call\"]");
			assertThat(claimed.findValuesAsString("id")).containsExactly(next.value());
		}
		assertThat(this.api.claim(",\"types\":[\"one_call\"],\"limit\":100").findValuesAsString("organization_id"))
			.doesNotContain(this.tenant.organization());
	}

	@ParameterizedTest
	@ValueSource(strings = { "complete ,\"result\":{}",
			"fail ,\"error\":{\"code\":\"E\",\"message\":\"m\"},\"retry\":false", "cancel" })
	void ofTwoThatFinishAJobAtOnceOneWins(String rival) {
		for (int n = 0; n < 10; n++) {
			JsonNode claimed = this.api.claim(this.api.submit(this.tenant, ",\"priority\":100"));
			JobId id = new JobId(claimed.get("id").stringValue());
			Callable<Answer> cancel = () -> cancel(id);
			Callable<Answer> other = rival.equals("cancel") ? cancel : () -> this.api.work(claimed,
					rival.substring(0, rival.indexOf(' ')), rival.substring(rival.indexOf(' ') + 1));
			List<Answer> answers = Race.of(cancel, other);
			assertThat(answers).extracting(Answer::status).containsExactlyInAnyOrder(200, 409);
			boolean cancelled = answers.getFirst().status() == 200 || rival.equals("cancel");
			JsonNode job = this.api.get("/v2/jobs/" + id, this.tenant.key()).data();
			assertThat(job.at("/error/code").asString("").equals("CANCELLED")).isEqualTo(cancelled);
		}
	}

	private JobId insert(String state) {
		String organization = this.tenant.organization();
		return switch (state) {
			case "queued" -> this.rows.insert(organization);
			case "deferred" -> this.rows.insert(organization, "run_at", "now() + interval '1 hour'");
			case "resting" -> this.rows.insert(organization, "run_at", "now() + interval '1 hour'", "attempt", "1",
					"error_code", "'E'", "error_message", "'m'", "lease_token", "gen_random_uuid()");
			case "processing" -> this.rows.insert(organization, "status", "'processing'", "attempt", "3", "lease_token",
					"gen_random_uuid()", "lease_seconds", "60", "lease_expires_at", "now()");
			case "completed" -> this.rows.insert(organization, "status", "'completed'", "result", "'{}'");
			case "failed" ->
				this.rows.insert(organization, "status", "'failed'", "error_code", "'E'", "error_message", "'m'");
			case "cancelled" -> {
				JobId id = this.rows.insert(organization);
				cancel(id);
				yield id;
			}
			default -> throw new AssertionError(state);
		};
	}

	private Answer cancel(JobId id) {
		return this.api.send("POST", "/v2/jobs/" + id + "/cancel", this.tenant.key(), null);
	}

}
