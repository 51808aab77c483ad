package io.surveycoder.jobs.job.work;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.surveycoder.jobs.http.ApiException;
import io.surveycoder.jobs.http.StorableText;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.AdditionalPropertiesValue;
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
 * @param waitSeconds how long to wait for a job when there is none, whole seconds, 0 to
 * 30; absent: 0
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
		@JsonProperty("wait_seconds") @Range(min = 0, max = 30) @Schema(minimum = "0", maximum = "30",
				defaultValue = "0", example = "20") @Nullable Integer waitSeconds){

	/**
	 * The claim, every default in its place.
	 * @throws ApiException 422 for types that there are not
	 */
	Claim claim() {
		return Claim.of(this.worker, this.types, this.limit, this.leaseSeconds, "");
	}

	/**
	 * How long to wait for a job.
	 */
	Duration patience() {
		return Duration.ofSeconds(Objects.requireNonNullElse(this.waitSeconds, 0));
	}

}
