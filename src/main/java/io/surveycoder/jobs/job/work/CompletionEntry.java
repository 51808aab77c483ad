package io.surveycoder.jobs.job.work;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.surveycoder.jobs.http.RawJson;
import io.surveycoder.jobs.job.JobId;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.AdditionalPropertiesValue;
import jakarta.validation.constraints.NotNull;

/**
 * One of many jobs that are done (contract §2, complete).
 *
 * @param result a JSON object of at most 8 MiB, kept as it was sent
 */
@Schema(name = "CompletionEntry", additionalProperties = AdditionalPropertiesValue.FALSE)
record CompletionEntry(@NotNull @Schema(example = "job_019dc1a2b3c4d5e6f7a8b9c0") String id,
		@JsonProperty("lease_token") @NotNull @Schema(
				example = "lse_X1KLjB2eOktsfY6fAQoLDA0ODxAREhMUFRYXGA") String leaseToken,
		@NotNull @Schema(implementation = Object.class, additionalProperties = AdditionalPropertiesValue.TRUE,
				example = "{\"responses_coded\":500}") RawJson result) {

	Batch.Entry<Completion> parse() {
		return new Batch.Entry<>(this.id,
				JobId.parse(this.id)
					.flatMap((job) -> LeaseToken.parse(this.leaseToken)
						.map((token) -> new Completion(job, token, this.result))));
	}

}
