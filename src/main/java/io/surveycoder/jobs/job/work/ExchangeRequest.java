package io.surveycoder.jobs.job.work;

import java.util.List;
import java.util.Objects;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.surveycoder.jobs.http.ApiException;
import io.surveycoder.jobs.http.StorableText;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.AdditionalPropertiesValue;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import org.hibernate.validator.constraints.Range;
import org.jspecify.annotations.Nullable;

/**
 * What a worker turns in, and what it wants next (contract §2, exchange).
 *
 * @param complete jobs that are done, at most 1000; absent: none
 * @param fail attempts that failed, at most 1000; absent: none
 * @param claim what to lease after that; absent: nothing
 */
@Schema(name = "ExchangeRequest", additionalProperties = AdditionalPropertiesValue.FALSE)
record ExchangeRequest(
		@Size(max = 1000, message = "must have at most 1000 entries") @ArraySchema(
				maxItems = 1000) @Nullable List<@NotNull @Valid CompletionEntry> complete,
		@Size(max = 1000, message = "must have at most 1000 entries") @ArraySchema(
				maxItems = 1000) @Nullable List<@NotNull @Valid FailureEntry> fail,
		@Valid @Nullable ImmediateClaim claim) {

	List<CompletionEntry> completions() {
		return Objects.requireNonNullElse(this.complete, List.of());
	}

	List<FailureEntry> failures() {
		return Objects.requireNonNullElse(this.fail, List.of());
	}

	/**
	 * A claim that does not wait.
	 *
	 * @param worker who it is, for operators, 1 to 100 characters
	 * @param types the types it can do; absent: all
	 * @param limit at most so many jobs, 1 to 100; absent: 1
	 * @param leaseSeconds whole seconds, 5 to 3600; absent: 60
	 */
	@Schema(name = "ImmediateClaim", additionalProperties = AdditionalPropertiesValue.FALSE)
	record ImmediateClaim(
			@NotNull @StorableText(max = 100) @Schema(minLength = 1, maxLength = 100,
					example = "coder-1") String worker,
			@ArraySchema(minItems = 1, schema = @Schema(allowableValues = {
					"codebook_generation", "auto_coding", "one_call" }),
					arraySchema = @Schema(example = "[\"auto_coding\"]")) @Nullable List<@NotNull String> types,
			@Range(min = 1, max = 100) @Schema(minimum = "1", maximum = "100", defaultValue = "1",
					example = "1") @Nullable Integer limit,
			@JsonProperty("lease_seconds") @Range(min = 5, max = 3600) @Schema(minimum = "5", maximum = "3600",
					defaultValue = "60", example = "60") @Nullable Integer leaseSeconds){

		/**
		 * The claim, every default in its place.
		 * @throws ApiException 422 for types that there are not
		 */
		Claim claim() {
			return Claim.of(this.worker, this.types, this.limit, this.leaseSeconds, "claim.");
		}

	}

}
