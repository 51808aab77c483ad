package io.surveycoder.jobs.webhook;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * What was, or is to be, told to a webhook, and what became of it.
 */
@Schema(name = "WebhookDelivery")
@JsonInclude(Include.NON_NULL)
record Delivery(
		@Schema(requiredMode = RequiredMode.REQUIRED,
				description = "The webhook-id header of all its attempts: a receiver drops what it has seen by it.",
				pattern = "^whd_[0-9a-f]{24}$", example = "whd_019a2b3c4d5e60718293a4b5") String id,
		@Schema(requiredMode = RequiredMode.REQUIRED, allowableValues = {
				"job.completed", "job.failed", "ping" }, example = "job.completed") String event,
		@JsonProperty("job_id") @Schema(description = "Absent for a ping.",
				example = "job_1a2b3c4d5e6f7a8b9c0d1e2f") @Nullable String jobId,
		@Schema(requiredMode = RequiredMode.REQUIRED, allowableValues = { "pending", "succeeded", "failed" },
				description = "pending until an attempt succeeds or the last one failed.",
				example = "succeeded") String status,
		@JsonProperty("created_at") @Schema(requiredMode = RequiredMode.REQUIRED) Instant createdAt,
		@JsonProperty("next_attempt_at") @Schema(
				description = "Absent when there is none, and while one runs.") @Nullable Instant nextAttemptAt,
		@Schema(requiredMode = RequiredMode.REQUIRED,
				description = "Those made, oldest first; the last ten.") List<Attempt> attempts){

	static final String COLUMNS = "id, event, job_id, status, attempts::text, case when lease is null then due_at end as next";

	private static final JsonMapper json = JsonMapper.shared();

	private static final TypeReference<List<StoredAttempt>> STORED = new TypeReference<>() {
	};

	static Delivery of(ResultSet row, int number) throws SQLException {
		OffsetDateTime next = row.getObject("next", OffsetDateTime.class);
		String id = row.getString("id");
		return new Delivery(id, row.getString("event"), row.getString("job_id"), row.getString("status"),
				Instant.ofEpochMilli(WebhookIds.writtenAtMillis(id)), (next != null) ? next.toInstant() : null,
				json.readValue(row.getString("attempts"), STORED).stream().map(StoredAttempt::shown).toList());
	}

	/**
	 * One request to the receiver.
	 */
	@Schema(name = "WebhookAttempt")
	@JsonInclude(Include.NON_NULL)
	record Attempt(
			@Schema(requiredMode = RequiredMode.REQUIRED,
					description = "Its X-Attempt; from 1 again after a redelivery.", minimum = "1", maximum = "4",
					example = "1") int attempt,
			@Schema(requiredMode = RequiredMode.REQUIRED, description = "When it began.") Instant at,
			@JsonProperty("status_code") @Schema(description = "What the receiver answered; absent when it did not.",
					example = "200") @Nullable Integer statusCode,
			@Schema(description = "Why it failed; absent when it succeeded.",
					example = "No answer within 10 s") @Nullable String error,
			@JsonProperty("duration_ms") @Schema(requiredMode = RequiredMode.REQUIRED, example = "38") int durationMs) {
	}

	/**
	 * The same as the database holds it.
	 *
	 * @param at milliseconds since 1970
	 * @param duration milliseconds
	 */
	record StoredAttempt(int attempt, long at, @Nullable Integer status, @Nullable String error, int duration) {

		Attempt shown() {
			return new Attempt(this.attempt, Instant.ofEpochMilli(this.at), this.status, this.error, this.duration);
		}

	}

}
