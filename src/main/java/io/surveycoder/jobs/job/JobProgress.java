package io.surveycoder.jobs.job;

import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.AdditionalPropertiesValue;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;

/**
 * How far a job is (contract §1, percentage).
 *
 * @param processed items done, 0 to {@code total}
 * @param total items there are, 0 to 2147483647
 * @param percentage {@code floor(100·processed/total)}; with a total of 0, 100 once the
 * job is completed and 0 before
 */
@Schema(name = "JobProgress", additionalProperties = AdditionalPropertiesValue.FALSE)
public record JobProgress(@Schema(requiredMode = RequiredMode.REQUIRED, minimum = "0", example = "120") int processed,
		@Schema(requiredMode = RequiredMode.REQUIRED, minimum = "0", example = "500") int total,
		@Schema(requiredMode = RequiredMode.REQUIRED, minimum = "0", maximum = "100", example = "24") int percentage) {

	static JobProgress of(int processed, int total, boolean completed) {
		return new JobProgress(processed, total, percentage(processed, total, completed));
	}

	public static int percentage(int processed, int total, boolean completed) {
		return (total != 0) ? (int) (100L * processed / total) : completed ? 100 : 0;
	}

}
