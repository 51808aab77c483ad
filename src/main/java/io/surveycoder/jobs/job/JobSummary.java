package io.surveycoder.jobs.job;

import java.time.Instant;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.AdditionalPropertiesValue;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;

/**
 * A job in a list: everything but its outcome (contract §1, list item).
 */
@Schema(name = "JobSummary", additionalProperties = AdditionalPropertiesValue.FALSE)
public record JobSummary(
		@Schema(requiredMode = RequiredMode.REQUIRED, pattern = JobId.PATTERN,
				example = "job_019dc1a2b3c4d5e6f7a8b9c0") String id,
		@Schema(requiredMode = RequiredMode.REQUIRED, allowableValues = {
				"codebook_generation", "auto_coding", "one_call" }) String type,
		@Schema(requiredMode = RequiredMode.REQUIRED,
				allowableValues = { "queued", "processing", "completed", "failed" }) String status,
		@Schema(requiredMode = RequiredMode.REQUIRED) JobProgress progress,
		@JsonProperty("created_at") @Schema(requiredMode = RequiredMode.REQUIRED,
				example = "2026-05-01T12:34:56.789Z") Instant createdAt,
		@JsonProperty("updated_at") @Schema(requiredMode = RequiredMode.REQUIRED,
				example = "2026-05-01T12:35:10.012Z") Instant updatedAt){
}
