package io.surveycoder.jobs.job.work;

import java.util.Objects;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.surveycoder.jobs.job.JobError;
import io.surveycoder.jobs.job.JobId;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.AdditionalPropertiesValue;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import org.jspecify.annotations.Nullable;

/**
 * One of many attempts that failed (contract §2, exchange).
 *
 * @param retry whether another attempt makes sense; absent: true
 */
@Schema(name = "FailureEntry", additionalProperties = AdditionalPropertiesValue.FALSE)
record FailureEntry(@NotNull @Schema(example = "job_019dc1a2b3c4d5e6f7a8b9c0") String id,
		@JsonProperty("lease_token") @NotNull @Schema(
				example = "lse_X1KLjB2eOktsfY6fAQoLDA0ODxAREhMUFRYXGA") String leaseToken,
		@NotNull @Valid WorkController.Failure error,
		@Schema(defaultValue = "true", example = "true") @Nullable Boolean retry) {

	/**
	 * The same, parsed.
	 * @param spread what the job's rest is multiplied by
	 */
	Batch.Entry<AttemptFailure> parse(double spread) {
		return new Batch.Entry<>(this.id,
				JobId.parse(this.id)
					.flatMap((job) -> LeaseToken.parse(this.leaseToken)
						.map((token) -> new AttemptFailure(job, token,
								new JobError(this.error.code(), this.error.message()),
								Objects.requireNonNullElse(this.retry, true), spread))));
	}

}
