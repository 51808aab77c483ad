package io.surveycoder.jobs.job.submit;

import java.time.Instant;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.surveycoder.jobs.http.RawJson;
import io.surveycoder.jobs.http.StorableText;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.AdditionalPropertiesValue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import org.jspecify.annotations.Nullable;

/**
 * A job to be done (contract §2, submit).
 *
 * @param organizationId whose job it is; must exist and not be disabled
 * @param type one of {@link io.surveycoder.jobs.job.JobType}
 * @param total items there are to process, 0 to 2147483647; absent: 0
 * @param payload what the worker needs, a JSON object of at most 8 MiB; absent: none
 * @param priority -100 to 100, higher first; absent: 0
 * @param maxAttempts how often it may be claimed, 1 to 100; absent: 3
 * @param runAt not claimable before; absent: at once
 * @param metadata at most 16 strings (names of at most 40, values of at most 500
 * characters), handed to workers and never shown in {@code /v2/jobs}
 */
@Schema(name = "JobSubmission", additionalProperties = AdditionalPropertiesValue.FALSE)
record SubmissionRequest(
		@JsonProperty("organization_id") @NotNull @StorableText(max = 100) @Schema(
				example = "org_5f2b8c1d9e3a4b6c7d8e9f01") String organizationId,
		@NotNull @Schema(allowableValues = {
				"codebook_generation", "auto_coding", "one_call" }, example = "auto_coding") String type,
		@Min(0) @Schema(minimum = "0", maximum = "2147483647", defaultValue = "0",
				example = "500") @Nullable Integer total,
		@Schema(implementation = Object.class, additionalProperties = AdditionalPropertiesValue.TRUE,
				example = "{\"question\":\"Why did you choose us?\"}") @Nullable RawJson payload,
		@Min(-100) @Max(100) @Schema(defaultValue = "0", example = "0") @Nullable Integer priority,
		@JsonProperty("max_attempts") @Min(1) @Max(100) @Schema(defaultValue = "3",
				example = "3") @Nullable Integer maxAttempts,
		@JsonProperty("run_at") @Schema(description = "RFC 3339; not claimable before.") @Nullable Instant runAt,
		@Schema(implementation = Object.class, additionalPropertiesSchema = String.class,
				example = "{\"project\":\"spring-wave\"}") @Nullable RawJson metadata){
}
