package io.surveycoder.jobs.job.submit;

import java.net.URI;
import java.util.List;

import io.surveycoder.jobs.access.Caller;
import io.surveycoder.jobs.access.RequiredScope;
import io.surveycoder.jobs.access.Scope;
import io.surveycoder.jobs.http.Envelope;
import io.surveycoder.jobs.http.PathPrefix;
import io.surveycoder.jobs.http.SentBody;
import io.surveycoder.jobs.job.JobView;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.AdditionalPropertiesValue;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping(path = "/internal/v1/jobs", consumes = MediaType.APPLICATION_JSON_VALUE,
		produces = MediaType.APPLICATION_JSON_VALUE)
@RequiredScope(Scope.SERVICE)
@Tag(name = "Submit")
class SubmissionController {

	private static final String REPLAY = "X-Idempotent-Replay";

	private final Submissions submissions;

	SubmissionController(Submissions submissions) {
		this.submissions = submissions;
	}

	@PostMapping
	@Operation(operationId = "submitJob", summary = "Submit a job",
			requestBody = @io.swagger.v3.oas.annotations.parameters.RequestBody(required = true,
					content = @Content(schema = @Schema(implementation = SubmissionRequest.class))))
	@Repeatable
	@ApiResponse(responseCode = "201", description = "The job, queued",
			content = @Content(schema = @Schema(ref = "#/components/schemas/EnvelopeJob")),
			headers = {
					@Header(name = "Location", description = "Where clients poll it",
							schema = @Schema(type = "string", example = "/v2/jobs/job_019dc1a2b3c4d5e6f7a8b9c0")),
					@Header(name = REPLAY, description = "true when this is the answer of an earlier request",
							schema = @Schema(type = "boolean")) })
	ResponseEntity<Object> submit(@RequestBody SentBody<SubmissionRequest> body, Caller caller,
			HttpServletRequest request) {
		List<Submission> job = List.of(Submission.of(body.value(), ""));
		return IdempotencyKey.of(request, caller, body)
			.map((key) -> answer(this.submissions.submitOnce(key, job, List::getFirst), request, true))
			.orElseGet(() -> {
				JobView submitted = this.submissions.submit(job).getFirst();
				return ResponseEntity.created(location(request, submitted.id())).body(Envelope.of(submitted));
			});
	}

	@PostMapping("/batch")
	@Operation(operationId = "submitJobs", summary = "Submit up to 1000 jobs, all or none",
			requestBody = @io.swagger.v3.oas.annotations.parameters.RequestBody(required = true,
					content = @Content(schema = @Schema(implementation = BatchRequest.class))))
	@Repeatable
	@ApiResponse(responseCode = "201", description = "The jobs, queued, in the order given",
			content = @Content(schema = @Schema(implementation = SubmittedJobs.class)),
			headers = @Header(name = REPLAY, description = "true when this is the answer of an earlier request",
					schema = @Schema(type = "boolean")))
	ResponseEntity<Object> submitBatch(@RequestBody SentBody<BatchRequest> body, Caller caller,
			HttpServletRequest request) {
		List<Submission> jobs = body.value().submissions();
		return IdempotencyKey.of(request, caller, body)
			.map((key) -> answer(this.submissions.submitOnce(key, jobs, (submitted) -> submitted), request, false))
			.orElseGet(
					() -> ResponseEntity.status(HttpStatus.CREATED).body(Envelope.of(this.submissions.submit(jobs))));
	}

	private static ResponseEntity<Object> answer(SubmissionAnswer answer, HttpServletRequest request, boolean located) {
		ResponseEntity.BodyBuilder response = ResponseEntity.status(answer.status());
		if (located) {
			response.location(location(request, answer.firstJobId()));
		}
		if (answer.replayed()) {
			response.header(REPLAY, "true");
		}
		return response.body(answer.body());
	}

	private static URI location(HttpServletRequest request, String jobId) {
		return URI.create(PathPrefix.of(request) + "/v2/jobs/" + jobId);
	}

	@Parameter(name = SentBody.IDEMPOTENCY_KEY, in = ParameterIn.HEADER,
			description = "A name for this request. Within 24 h a repeat of the same bytes under it gets the same answer "
					+ "again and makes no other job; other bytes are refused.",
			schema = @Schema(type = "string", minLength = 1, maxLength = 255),
			example = "2c5ea4c0-4067-11e9-8bad-9b1deb4d3b7d")
	@ApiResponse(responseCode = "409")
	@java.lang.annotation.Retention(java.lang.annotation.RetentionPolicy.RUNTIME)
	private @interface Repeatable {

	}

	/**
	 * Says for the documentation what a batch is answered.
	 */
	@Schema(name = "EnvelopeJobs", additionalProperties = AdditionalPropertiesValue.FALSE)
	record SubmittedJobs(@Schema(requiredMode = RequiredMode.REQUIRED) boolean success,
			@ArraySchema(schema = @Schema(implementation = JobView.class),
					arraySchema = @Schema(requiredMode = RequiredMode.REQUIRED)) List<JobView> data) {
	}

}
