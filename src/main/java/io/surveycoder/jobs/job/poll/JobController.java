package io.surveycoder.jobs.job.poll;

import io.surveycoder.jobs.access.Caller;
import io.surveycoder.jobs.access.RequiredScope;
import io.surveycoder.jobs.access.Scope;
import io.surveycoder.jobs.http.ApiException;
import io.surveycoder.jobs.http.Envelope;
import io.surveycoder.jobs.http.JsonBytes;
import io.surveycoder.jobs.http.ListEnvelope;
import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.JobSummary;
import io.surveycoder.jobs.job.JobView;
import io.surveycoder.jobs.job.poll.JobReads.FoundJob;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;

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

	private final JobLists lists;

	private final FinishedJobs finished;

	private final LargeResults large;

	JobController(JobReads jobs, JobLists lists, FinishedJobs finished, LargeResults large) {
		this.jobs = jobs;
		this.lists = lists;
		this.finished = finished;
		this.large = large;
	}

	@GetMapping("/{id}")
	@Operation(operationId = "getJob", summary = "Get async job status",
			description = "Poll an async job by ID. Returns progress while processing, the full result on completion, "
					+ "or an error object on failure. Jobs auto-expire after 24 hours.")
	@Parameter(name = "id", in = ParameterIn.PATH, example = "job_1a2b3c4d5e6f7a8b9c0d1e2f",
			schema = @Schema(type = "string", pattern = JobId.PATTERN))
	JsonBytes<Envelope<JobView>> get(Caller caller, @PathVariable String id) {
		JobId known = JobId.parse(id).orElseThrow(() -> ApiException.notFound("Job"));
		JsonBytes<Envelope<JobView>> answer = this.finished.get(caller.organization(), known);
		if (answer == null) {
			answer = this.large.get(caller.organization(), known);
		}
		if (answer != null) {
			return answer;
		}
		FoundJob found = this.jobs.one(caller.organization(), known);
		if (found == null) {
			throw ApiException.notFound("Job");
		}
		if (found.beforeResult() != null) {
			return this.large.read(caller.organization(), known, found.beforeResult(), found.expiresAtNanos());
		}
		this.finished.offer(caller.organization(), known, found);
		return found.answer();
	}

	@GetMapping
	@Operation(operationId = "listJobs", summary = "List recent jobs",
			description = "List async jobs of your organization, newest first. Optionally filter by status.")
	@Parameter(name = "status", in = ParameterIn.QUERY, description = "Filter jobs by status.",
			schema = @Schema(type = "string", allowableValues = { "queued", "processing", "completed", "failed" }))
	@Parameter(name = "limit", in = ParameterIn.QUERY, description = "Maximum number of jobs to return.",
			schema = @Schema(type = "integer", minimum = "1", maximum = "100", defaultValue = "20"))
	JsonBytes<ListEnvelope<JobSummary>> list(Caller caller, HttpServletRequest request) {
		ListRequest asked = ListRequest.parse(request);
		return this.lists.newest(caller.organization(), asked.status().orElse(null), asked.limit());
	}

}
