package io.surveycoder.jobs.job.work;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.surveycoder.jobs.access.RequiredScope;
import io.surveycoder.jobs.access.Scope;
import io.surveycoder.jobs.http.ApiException;
import io.surveycoder.jobs.http.ClientPresence;
import io.surveycoder.jobs.http.Envelope;
import io.surveycoder.jobs.http.RawJson;
import io.surveycoder.jobs.http.StorableText;
import io.surveycoder.jobs.job.JobError;
import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.JobView;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.AdditionalPropertiesValue;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import org.hibernate.validator.constraints.Range;
import org.jspecify.annotations.Nullable;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.WebAsyncTask;

@RestController
@RequestMapping(path = "/internal/v1/jobs", consumes = MediaType.APPLICATION_JSON_VALUE,
		produces = MediaType.APPLICATION_JSON_VALUE)
@RequiredScope(Scope.SERVICE)
@Tag(name = "Work")
class WorkController {

	// By then the answer is there, whatever happens.
	private static final Duration MARGIN = Duration.ofSeconds(60);

	private final WaitingClaims claims;

	private final Leases leases;

	WorkController(WaitingClaims claims, Leases leases) {
		this.claims = claims;
		this.leases = leases;
	}

	@PostMapping("/claim")
	@Operation(operationId = "claimJobs", summary = "Lease jobs to work on",
			description = "Highest priority first, then oldest, organizations in fair turn. Waits wait_seconds for a "
					+ "job where there is none; empty when none came.")
	@ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = ClaimedJobs.class)))
	Object claim(@RequestBody ClaimRequest request, HttpServletRequest http) {
		Claim claim = request.claim();
		List<ClaimedJob> jobs = this.claims.claimAtOnce(claim, request.patience());
		if (!jobs.isEmpty() || request.patience().isZero()) {
			return Envelope.of(jobs);
		}
		// On a thread of its own: the stack of this one would be a quarter of what a
		// waiting request costs.
		ClientPresence client = ClientPresence.of(http);
		return new WebAsyncTask<>(request.patience().plus(MARGIN).toMillis(),
				() -> Envelope.of(this.claims.await(claim, request.patience(), client)));
	}

	/**
	 * Says for the documentation what a claim is answered.
	 */
	@Schema(name = "EnvelopeClaimedJobs", additionalProperties = AdditionalPropertiesValue.FALSE)
	record ClaimedJobs(@Schema(requiredMode = RequiredMode.REQUIRED) boolean success,
			@ArraySchema(schema = @Schema(implementation = ClaimedJob.class),
					arraySchema = @Schema(requiredMode = RequiredMode.REQUIRED)) List<ClaimedJob> data) {
	}

	@PostMapping("/{id}/progress")
	@Operation(operationId = "reportProgress", summary = "Report progress and renew the lease")
	@AboutOneLeasedJob
	Envelope<LeaseRenewed> progress(@PathVariable String id, @RequestBody ProgressRequest request) {
		return Envelope.of(new LeaseRenewed(this.leases.progress(parse(id), request.leaseToken, request.processed,
				request.total, request.leaseSeconds)));
	}

	@PostMapping("/{id}/complete")
	@Operation(operationId = "completeJob", summary = "Finish a job with its result",
			description = "Repeating the very same call gives the same answer.")
	@AboutOneLeasedJob
	Envelope<JobView> complete(@PathVariable String id, @RequestBody CompleteRequest request) {
		return Envelope.of(this.leases.complete(parse(id), request.leaseToken, request.result));
	}

	@PostMapping("/{id}/fail")
	@Operation(operationId = "failJob", summary = "End an attempt with an error",
			description = "The job is queued again while attempts are left, else it has failed. Repeating the very "
					+ "same call gives the same answer.")
	@AboutOneLeasedJob
	Envelope<JobView> fail(@PathVariable String id, @RequestBody FailRequest request) {
		return Envelope
			.of(this.leases.fail(parse(id), request.leaseToken, new JobError(request.error.code, request.error.message),
					Objects.requireNonNullElse(request.retry, true)));
	}

	@PostMapping("/{id}/release")
	@Operation(operationId = "releaseJob", summary = "Give a job back untried",
			description = "It is claimable at once, and the attempt does not count.")
	@AboutOneLeasedJob
	Envelope<JobView> release(@PathVariable String id, @RequestBody ReleaseRequest request) {
		return Envelope.of(this.leases.release(parse(id), request.leaseToken));
	}

	private static JobId parse(String id) {
		return JobId.parse(id).orElseThrow(() -> ApiException.notFound("Job"));
	}

	@Parameter(name = "id", in = ParameterIn.PATH, example = "job_019dc1a2b3c4d5e6f7a8b9c0",
			schema = @Schema(type = "string", pattern = JobId.PATTERN))
	@ApiResponse(responseCode = "409")
	@java.lang.annotation.Retention(java.lang.annotation.RetentionPolicy.RUNTIME)
	private @interface AboutOneLeasedJob {

	}

	/**
	 * How far a job is.
	 *
	 * @param processed items done, 0 to {@code total}
	 * @param total items there are; absent: as before
	 * @param leaseSeconds the lease's length from now, 5 to 3600; absent: as before
	 */
	@Schema(name = "ProgressRequest", additionalProperties = AdditionalPropertiesValue.FALSE)
	record ProgressRequest(
			@JsonProperty("lease_token") @NotNull @Schema(
					example = "lse_X1KLjB2eOktsfY6fAQoLDA0ODxAREhMUFRYXGA") String leaseToken,
			@NotNull @Min(0) @Schema(minimum = "0", example = "120") Integer processed,
			@Min(0) @Schema(minimum = "0", example = "500") @Nullable Integer total,
			@JsonProperty("lease_seconds") @Range(min = 5, max = 3600) @Schema(minimum = "5", maximum = "3600",
					example = "60") @Nullable Integer leaseSeconds) {
	}

	@Schema(name = "LeaseRenewed")
	record LeaseRenewed(
			@JsonProperty("lease_expires_at") @Schema(requiredMode = RequiredMode.REQUIRED) Instant leaseExpiresAt) {
	}

	/**
	 * What came out.
	 *
	 * @param result a JSON object of at most 8 MiB, kept as it was sent
	 */
	@Schema(name = "CompleteRequest", additionalProperties = AdditionalPropertiesValue.FALSE)
	record CompleteRequest(
			@JsonProperty("lease_token") @NotNull @Schema(
					example = "lse_X1KLjB2eOktsfY6fAQoLDA0ODxAREhMUFRYXGA") String leaseToken,
			@NotNull @Schema(implementation = Object.class, additionalProperties = AdditionalPropertiesValue.TRUE,
					example = "{\"responses_coded\":500}") RawJson result) {
	}

	/**
	 * Why an attempt failed.
	 *
	 * @param retry whether another attempt makes sense; absent: true
	 */
	@Schema(name = "FailRequest", additionalProperties = AdditionalPropertiesValue.FALSE)
	record FailRequest(
			@JsonProperty("lease_token") @NotNull @Schema(
					example = "lse_X1KLjB2eOktsfY6fAQoLDA0ODxAREhMUFRYXGA") String leaseToken,
			@NotNull @Valid Failure error, @Schema(defaultValue = "true", example = "true") @Nullable Boolean retry) {
	}

	/**
	 * An error as a worker reports it.
	 *
	 * @param code 1 to 200 characters
	 * @param message at most 65,536 characters
	 */
	@Schema(name = "Failure", additionalProperties = AdditionalPropertiesValue.FALSE)
	record Failure(
			@NotNull @StorableText(max = 200) @Schema(minLength = 1, maxLength = 200,
					example = "CODING_FAILED") String code,
			@NotNull @StorableText(min = 0, max = 65_536) @Schema(maxLength = 65_536,
					example = "Codebook generation failed after 3 retries") String message) {
	}

	@Schema(name = "ReleaseRequest", additionalProperties = AdditionalPropertiesValue.FALSE)
	record ReleaseRequest(@JsonProperty("lease_token") @NotNull @Schema(
			example = "lse_X1KLjB2eOktsfY6fAQoLDA0ODxAREhMUFRYXGA") String leaseToken) {
	}

}
