package io.surveycoder.jobs.job.poll;

import java.util.List;

import io.surveycoder.jobs.access.Caller;
import io.surveycoder.jobs.access.RequiredScope;
import io.surveycoder.jobs.access.Scope;
import io.surveycoder.jobs.http.ApiException;
import io.surveycoder.jobs.http.Envelope;
import io.surveycoder.jobs.http.ListEnvelope;
import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.JobRetention;
import io.surveycoder.jobs.job.JobSummary;
import io.surveycoder.jobs.job.JobView;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.data.domain.Limit;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping(path = "/v2/jobs", produces = MediaType.APPLICATION_JSON_VALUE)
@RequiredScope(Scope.READ)
@Tag(name = "Jobs")
class JobController {

	private final JobReads jobs;

	private final JobRetention retention;

	JobController(JobReads jobs, JobRetention retention) {
		this.jobs = jobs;
		this.retention = retention;
	}

	@GetMapping("/{id}")
	@Operation(operationId = "getJob", summary = "Get async job status",
			description = "Poll an async job by ID. Returns progress while processing, the full result on completion, "
					+ "or an error object on failure. Jobs auto-expire after 24 hours.")
	@Parameter(name = "id", in = ParameterIn.PATH, example = "job_1a2b3c4d5e6f7a8b9c0d1e2f",
			schema = @Schema(type = "string", pattern = JobId.PATTERN))
	Envelope<JobView> get(Caller caller, @PathVariable String id) {
		return JobId.parse(id)
			.flatMap((known) -> this.jobs.one(caller.organization(), known.value(), this.retention.millis()))
			.map(Envelope::of)
			.orElseThrow(() -> ApiException.notFound("Job"));
	}

	@GetMapping
	@Operation(operationId = "listJobs", summary = "List recent jobs",
			description = "List async jobs of your organization, newest first. Optionally filter by status.")
	@Parameter(name = "status", in = ParameterIn.QUERY, description = "Filter jobs by status.",
			schema = @Schema(type = "string", allowableValues = { "queued", "processing", "completed", "failed" }))
	@Parameter(name = "limit", in = ParameterIn.QUERY, description = "Maximum number of jobs to return.",
			schema = @Schema(type = "integer", minimum = "1", maximum = "100", defaultValue = "20"))
	ListEnvelope<JobSummary> list(Caller caller, HttpServletRequest request) {
		ListRequest asked = ListRequest.parse(request);
		Limit limit = Limit.of(asked.limit());
		List<JobSummary> jobs = asked.status()
			.map((status) -> this.jobs.newestInStatus(caller.organization(), status.wire(), this.retention.millis(),
					limit))
			.orElseGet(() -> this.jobs.newest(caller.organization(), this.retention.millis(), limit));
		return ListEnvelope.of(jobs);
	}

}
