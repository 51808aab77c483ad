package io.surveycoder.jobs.job.submit;

import java.util.List;
import java.util.stream.IntStream;

import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.AdditionalPropertiesValue;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;

/**
 * Jobs to be stored together, all or none (contract §2, submit).
 *
 * @param jobs 1 to 1000
 */
@Schema(name = "JobSubmissionBatch", additionalProperties = AdditionalPropertiesValue.FALSE)
record BatchRequest(@NotNull @Size(min = 1, max = 1000, message = "must have 1 to 1000 entries") @ArraySchema(
		minItems = 1, maxItems = 1000) List<@NotNull @Valid SubmissionRequest> jobs) {

	/**
	 * The jobs, every default in its place.
	 * @throws io.surveycoder.jobs.http.ApiException 422 that names the entry and its
	 * field
	 */
	List<Submission> submissions() {
		return IntStream.range(0, this.jobs.size())
			.mapToObj((i) -> Submission.of(this.jobs.get(i), "jobs[" + i + "]."))
			.toList();
	}

}
