package io.surveycoder.jobs.webhook;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;

/**
 * Where an organization wants to be told of its jobs, without its secret.
 */
@Schema(name = "Webhook")
record Webhook(
		@Schema(requiredMode = RequiredMode.REQUIRED, pattern = PATTERN,
				example = "wh_0a1b2c3d4e5f60718293a4b5") String id,
		@Schema(requiredMode = RequiredMode.REQUIRED, example = "https://example.com/hooks/jobs") String url,
		@ArraySchema(schema = @Schema(allowableValues = {
				"job.completed", "job.failed", "*" }),
				arraySchema = @Schema(requiredMode = RequiredMode.REQUIRED,
						example = "[\"job.completed\",\"job.failed\"]")) String[] events,
		@Schema(requiredMode = RequiredMode.REQUIRED,
				description = "Whether events are delivered to it.") boolean active,
		@JsonProperty("created_at") @Schema(requiredMode = RequiredMode.REQUIRED) Instant createdAt){

	static final String PATTERN = "^wh_[0-9a-f]{24}$";

	static Webhook of(ResultSet row, int number) throws SQLException {
		return new Webhook(row.getString("id"), row.getString("url"), (String[]) row.getArray("events").getArray(),
				row.getBoolean("active"), row.getObject("created_at", OffsetDateTime.class).toInstant());
	}

}
