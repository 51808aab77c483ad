package io.surveycoder.jobs.job;

import java.time.Instant;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.surveycoder.jobs.http.RawJson;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.AdditionalPropertiesValue;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import org.jspecify.annotations.Nullable;

/**
 * One job as clients see it (contract §1, one job).
 *
 * @param result the text that the worker sent, written as it is and never parsed; absent
 * unless completed
 * @param error absent unless failed
 */
@Schema(name = "Job", additionalProperties = AdditionalPropertiesValue.FALSE)
public record JobView(
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
				example = "2026-05-01T12:35:10.012Z") Instant updatedAt,
		@JsonInclude(Include.NON_NULL) @Schema(implementation = Object.class,
				additionalProperties = AdditionalPropertiesValue.TRUE,
				description = "Present only when status is completed",
				example = "{\"responses_coded\":500}") @Nullable RawJson result,
		@JsonInclude(Include.NON_NULL) @Schema(
				description = "Present only when status is failed") @Nullable JobError error){

	/**
	 * The columns of a row that the other constructor takes, for a statement's
	 * {@code select} or {@code returning}.
	 */
	public static final String COLUMNS = "id, type, status, processed, total, updated_at, result, error_code, error_message";

	/**
	 * From the columns of a row. A job that is tried again may still hold the error of
	 * the attempt before, which is not shown.
	 */
	public JobView(String id, String type, String status, int processed, int total, Instant updatedAt,
			@Nullable String result, @Nullable String errorCode, @Nullable String errorMessage) {
		this(id, type, status, JobProgress.of(processed, total, status.equals("completed")), JobId.createdAt(id),
				updatedAt, (result != null) ? new RawJson(result) : null,
				(status.equals("failed") && errorCode != null && errorMessage != null)
						? new JobError(errorCode, errorMessage) : null);
	}

}
