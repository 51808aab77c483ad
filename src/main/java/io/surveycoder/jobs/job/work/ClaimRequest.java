package io.surveycoder.jobs.job.work;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.surveycoder.jobs.http.StorableText;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.AdditionalPropertiesValue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import org.hibernate.validator.constraints.Range;
import org.jspecify.annotations.Nullable;

/**
 * What a worker asks for (contract §2, claim).
 *
 * @param worker who it is, for operators, 1 to 100 characters
 * @param types the types it can do; absent: all
 * @param limit at most so many jobs, 1 to 100; absent: 1
 * @param leaseSeconds whole seconds, 5 to 3600; absent: 60. Past it the job is queued
 * again, or fails with LEASE_EXPIRED when no attempt is left
 * @param waitSeconds only 0 until claims can wait
 */
@Schema(name = "ClaimRequest", additionalProperties = AdditionalPropertiesValue.FALSE)
record ClaimRequest(
		@NotNull @StorableText(max = 100) @Schema(minLength = 1, maxLength = 100, example = "coder-1") String worker,
		@ArraySchema(minItems = 1, schema = @Schema(allowableValues = {
				"codebook_generation", "auto_coding", "one_call" }),
				arraySchema = @Schema(example = "[\"auto_coding\"]")) @Nullable List<@NotNull String> types,
		@Range(min = 1, max = 100) @Schema(minimum = "1", maximum = "100", defaultValue = "1",
				example = "1") @Nullable Integer limit,
		@JsonProperty("lease_seconds") @Range(min = 5, max = 3600) @Schema(minimum = "5", maximum = "3600",
				defaultValue = "60", example = "60") @Nullable Integer leaseSeconds,
		@JsonProperty("wait_seconds") @Min(0) @Max(value = 0,
				message = "must be 0: claims that wait are not supported yet") @Schema(defaultValue = "0",
						example = "0") @Nullable Integer waitSeconds){
}
