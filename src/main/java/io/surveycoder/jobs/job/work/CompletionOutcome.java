package io.surveycoder.jobs.job.work;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import io.surveycoder.jobs.job.JobError;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.AdditionalPropertiesValue;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import org.jspecify.annotations.Nullable;

/**
 * What became of one completion among many (contract §2, complete).
 *
 * @param id as it was sent
 * @param status {@code completed}; absent when it was refused
 * @param error why it was refused, with the code and message that the call for one job
 * would have answered; absent when it was not
 */
@Schema(name = "CompletionOutcome", additionalProperties = AdditionalPropertiesValue.FALSE)
record CompletionOutcome(
		@Schema(requiredMode = RequiredMode.REQUIRED, example = "job_019dc1a2b3c4d5e6f7a8b9c0") String id,
		@JsonInclude(Include.NON_NULL) @Schema(allowableValues = "completed") @Nullable String status,
		@JsonInclude(Include.NON_NULL) @Nullable JobError error) {

	static CompletionOutcome of(String id, Verdict verdict) {
		return new CompletionOutcome(id, verdict.status(), verdict.error());
	}

}
