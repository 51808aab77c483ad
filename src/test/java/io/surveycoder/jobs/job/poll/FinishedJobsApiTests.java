package io.surveycoder.jobs.job.poll;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import io.surveycoder.jobs.http.Envelope;
import io.surveycoder.jobs.http.ListEnvelope;
import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.JobProgress;
import io.surveycoder.jobs.job.JobSummary;
import io.surveycoder.jobs.job.JobView;
import io.surveycoder.jobs.testing.Answer;
import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.Api.Tenant;
import io.surveycoder.jobs.testing.JobRows;
import io.surveycoder.jobs.testing.ServiceTest;
import io.surveycoder.jobs.testing.Statements;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Finished jobs are answered without the database until they expire, and all answers are
 * what the documented records would be written as.
 */
@ServiceTest
class FinishedJobsApiTests {

	private static final String COMPLETED = "{\"b\": 1.50,\"text\":\"\u00e4\u2028\ud83d\ude00\"}";

	@Autowired
	Api api;

	@Autowired
	JobRows rows;

	@Autowired
	Statements statements;

	@Autowired
	JobReads reads;

	@Autowired
	JsonMapper json;

	private Tenant tenant;

	@BeforeEach
	void makeATenant() {
		this.tenant = this.api.tenant();
	}

	@ParameterizedTest
	@ValueSource(strings = { "completed", "failed" })
	void finishedJobIsReadOnceAndIsTheSameEverAfter(String status) {
		JobId id = insert(status, "0");
		Answer first = get(id);
		List<String> sent = this.statements.during(() -> {
			for (int n = 0; n < 3; n++) {
				assertThat(get(id).body()).isEqualTo(first.body());
			}
		});
		// The key is looked up again now and then, in the background.
		assertThat(sent).noneMatch((statement) -> statement.contains("from job"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "queued", "processing" })
	void jobInFlightIsReadEachTime(String status) {
		JobId id = insert(status, "0");
		get(id);
		this.rows.set(id, "processed = 2");
		assertThat(get(id).data().at("/progress/processed").intValue()).isEqualTo(2);
	}

	@Test
	void rememberedJobIsOnlyForItsOrganization() {
		JobId id = insert("completed", "0");
		assertThat(get(id).status()).isEqualTo(200);
		assertThat(this.api.get("/v2/jobs/" + id.value(), this.api.tenant().key()).status()).isEqualTo(404);
	}

	@Test
	void jobIsRememberedUntilTheDatabaseSaysThatItExpires() {
		JobId id = insert("completed", "23 hours");
		long left = Objects.requireNonNull(this.reads.one(this.tenant.organization(), id)).expiresAtNanos()
				- System.nanoTime();
		assertThat(Duration.ofNanos(left)).isBetween(Duration.ofMinutes(59), Duration.ofHours(1));
	}

	@ParameterizedTest
	@ValueSource(strings = { "queued", "processing", "completed", "failed" })
	void answerIsWrittenAsItsRecordWouldBe(String status) {
		JobId id = insert(status, "0");
		String result = status.equals("completed") ? COMPLETED : null;
		JobView view = new JobView(id.value(), "auto_coding", status, status.equals("completed") ? 7 : 1, 7,
				this.rows.value(id, "updated_at", OffsetDateTime.class).toInstant(), result,
				status.equals("failed") ? "E\"1" : null, status.equals("failed") ? "\u0001 \u00e4/\\\n" : null);
		assertThat(get(id).body()).isEqualTo(this.json.writeValueAsString(Envelope.of(view)));
	}

	@Test
	void listIsWrittenAsItsRecordsWouldBe() {
		JobId older = insert("completed", "2 minutes");
		JobId newer = insert("queued", "1 minute");
		assertThat(this.api.get("/v2/jobs", this.tenant.key()).body()).isEqualTo(this.json.writeValueAsString(
				ListEnvelope.of(List.of(summary(newer, "queued", 1, 14), summary(older, "completed", 7, 100)))));
		assertThat(this.api.get("/v2/jobs?status=failed", this.tenant.key()).body())
			.isEqualTo(this.json.writeValueAsString(ListEnvelope.of(List.of())));
	}

	private JobSummary summary(JobId id, String status, int processed, int percentage) {
		Instant updated = this.rows.value(id, "updated_at", OffsetDateTime.class).toInstant();
		return new JobSummary(id.value(), "auto_coding", status, new JobProgress(processed, 7, percentage),
				id.createdAt(), updated);
	}

	private JobId insert(String status, String age) {
		List<String> columns = switch (status) {
			case "processing" -> List.of("processed", "1", "attempt", "1", "lease_token", "gen_random_uuid()",
					"lease_seconds", "60", "lease_expires_at", "now() + interval '1 hour'");
			case "completed" -> List.of("processed", "7", "result", "'" + COMPLETED + "'");
			case "failed" ->
				List.of("processed", "1", "error_code", "'E\"1'", "error_message", "e'\\u0001 \u00e4/\\\\\\n'");
			default -> List.of("processed", "1");
		};
		return this.rows.insertAged(this.tenant.organization(), age,
				java.util.stream.Stream.concat(Stream.of("status", "'" + status + "'", "total", "7"), columns.stream())
					.toArray(String[]::new));
	}

	private Answer get(JobId id) {
		return this.api.get("/v2/jobs/" + id.value(), this.tenant.key());
	}

}
