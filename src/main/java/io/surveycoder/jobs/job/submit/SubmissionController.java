package io.surveycoder.jobs.job.submit;

import java.net.URI;
import java.util.List;

import io.surveycoder.jobs.access.RequiredScope;
import io.surveycoder.jobs.access.Scope;
import io.surveycoder.jobs.http.Envelope;
import io.surveycoder.jobs.job.JobView;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;

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

	private final Submissions submissions;

	SubmissionController(Submissions submissions) {
		this.submissions = submissions;
	}

	@PostMapping
	@Operation(operationId = "submitJob", summary = "Submit a job")
	@ApiResponse(responseCode = "201", description = "The job, queued", useReturnTypeSchema = true,
			headers = @Header(name = "Location", description = "Where clients poll it",
					schema = @Schema(type = "string", example = "/v2/jobs/job_019dc1a2b3c4d5e6f7a8b9c0")))
	ResponseEntity<Envelope<JobView>> submit(@RequestBody SubmissionRequest request) {
		JobView job = this.submissions.submit(List.of(Submission.of(request))).getFirst();
		return ResponseEntity.created(URI.create("/v2/jobs/" + job.id())).body(Envelope.of(job));
	}

}
