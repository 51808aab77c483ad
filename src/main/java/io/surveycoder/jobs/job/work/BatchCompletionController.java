package io.surveycoder.jobs.job.work;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.surveycoder.jobs.access.RequiredScope;
import io.surveycoder.jobs.access.Scope;
import io.surveycoder.jobs.http.Envelope;
import io.surveycoder.jobs.http.RawJson;
import io.surveycoder.jobs.job.work.BatchCompletions.Entry;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.AdditionalPropertiesValue;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping(path = "/internal/v1/jobs", consumes = MediaType.APPLICATION_JSON_VALUE,
		produces = MediaType.APPLICATION_JSON_VALUE)
@RequiredScope(Scope.SERVICE)
@Tag(name = "Work")
class BatchCompletionController {

	private final BatchCompletions completions;

	BatchCompletionController(BatchCompletions completions) {
		this.completions = completions;
	}

	@PostMapping("/complete")
	@Operation(operationId = "completeJobs", summary = "Finish up to 1000 jobs with their results",
			description = "Each on its own, in the order given: what is refused has an error and keeps none of the "
					+ "others from being accepted. Repeating the very same call gives the same answer.")
	Envelope<List<CompletionOutcome>> complete(@RequestBody CompletionBatch request) {
		return Envelope.of(this.completions.complete(
				request.jobs.stream().map((entry) -> new Entry(entry.id, entry.leaseToken, entry.result)).toList()));
	}

	/**
	 * Jobs that are done.
	 *
	 * @param jobs 1 to 1000
	 */
	@Schema(name = "CompletionBatch", additionalProperties = AdditionalPropertiesValue.FALSE)
	record CompletionBatch(@NotNull @Size(min = 1, max = 1000, message = "must have 1 to 1000 entries") @ArraySchema(
			minItems = 1, maxItems = 1000) List<@NotNull @Valid CompletionEntry> jobs) {
	}

	/**
	 * One of them.
	 *
	 * @param result a JSON object of at most 8 MiB, kept as it was sent
	 */
	@Schema(name = "CompletionEntry", additionalProperties = AdditionalPropertiesValue.FALSE)
	record CompletionEntry(@NotNull @Schema(example = "job_019dc1a2b3c4d5e6f7a8b9c0") String id,
			@JsonProperty("lease_token") @NotNull @Schema(
					example = "lse_X1KLjB2eOktsfY6fAQoLDA0ODxAREhMUFRYXGA") String leaseToken,
			@NotNull @Schema(implementation = Object.class, additionalProperties = AdditionalPropertiesValue.TRUE,
					example = "{\"responses_coded\":500}") RawJson result) {
	}

}
