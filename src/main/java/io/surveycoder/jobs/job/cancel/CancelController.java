package io.surveycoder.jobs.job.cancel;

import io.surveycoder.jobs.access.Caller;
import io.surveycoder.jobs.access.RequiredScope;
import io.surveycoder.jobs.access.Scope;
import io.surveycoder.jobs.http.ApiException;
import io.surveycoder.jobs.http.Envelope;
import io.surveycoder.jobs.http.ErrorCode;
import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.JobRetention;
import io.surveycoder.jobs.job.JobView;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping(path = "/v2/jobs/{id}/cancel", produces = MediaType.APPLICATION_JSON_VALUE)
@RequiredScope(Scope.WRITE)
@Tag(name = "Jobs")
class CancelController {

	private final CancelStatements statements;

	private final JobRetention retention;

	CancelController(CancelStatements statements, JobRetention retention) {
		this.statements = statements;
		this.retention = retention;
	}

	@PostMapping
	@Operation(operationId = "cancelJob", summary = "Cancel an async job",
			description = "Gives up a job that is queued or processing: it is failed at once, with error code CANCELLED. "
					+ "Needs no body. A worker that is at it hears of it at its next call.")
	@Parameter(name = "id", in = ParameterIn.PATH, example = "job_1a2b3c4d5e6f7a8b9c0d1e2f",
			schema = @Schema(type = "string", pattern = JobId.PATTERN))
	@ApiResponse(responseCode = "200", description = "The job, failed", useReturnTypeSchema = true,
			headers = @Header(name = "Sunset", description = "When the job expires (HTTP-date)",
					schema = @Schema(type = "string")))
	@ApiResponse(responseCode = "409", description = "The job is completed or failed already")
	Envelope<JobView> cancel(Caller caller, @PathVariable String id, HttpServletResponse response) {
		JobId known = JobId.parse(id).orElseThrow(() -> ApiException.notFound("Job"));
		JobView job = this.statements.cancel(caller.organization(), known)
			.orElseThrow(() -> refusal(caller.organization(), known));
		response.setHeader("Sunset", this.retention.sunset(known));
		return Envelope.of(job);
	}

	private ApiException refusal(String organization, JobId id) {
		return this.statements.status(organization, id)
			.map((status) -> new ApiException(ErrorCode.INVALID_STATE, "The job is already " + status))
			.orElseGet(() -> ApiException.notFound("Job"));
	}

}
