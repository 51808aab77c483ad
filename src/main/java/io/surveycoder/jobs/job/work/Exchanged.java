package io.surveycoder.jobs.job.work;

import java.util.List;

import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.AdditionalPropertiesValue;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;

/**
 * What became of an exchange (contract §2, exchange).
 *
 * @param completed one for each entry of {@code complete}, in their order
 * @param failed one for each entry of {@code fail}, in their order
 * @param claimed jobs leased, empty when there are none
 */
@Schema(name = "Exchanged", additionalProperties = AdditionalPropertiesValue.FALSE)
record Exchanged(@Schema(requiredMode = RequiredMode.REQUIRED) List<CompletionOutcome> completed,
		@Schema(requiredMode = RequiredMode.REQUIRED) List<FailureOutcome> failed,
		@Schema(requiredMode = RequiredMode.REQUIRED) List<ClaimedJob> claimed) {
}
