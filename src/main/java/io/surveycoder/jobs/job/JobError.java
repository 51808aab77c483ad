package io.surveycoder.jobs.job;

import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.AdditionalPropertiesValue;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;

/**
 * Why a job failed.
 *
 * @param code machine-readable, as the worker gave it, or {@code LEASE_EXPIRED} or
 * {@code CANCELLED}
 * @param message human-readable
 */
@Schema(name = "JobError", additionalProperties = AdditionalPropertiesValue.FALSE)
public record JobError(@Schema(requiredMode = RequiredMode.REQUIRED, example = "CODING_FAILED") String code,
		@Schema(requiredMode = RequiredMode.REQUIRED,
				example = "Codebook generation failed after 3 retries") String message) {
}
