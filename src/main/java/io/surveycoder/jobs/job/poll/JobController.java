package io.surveycoder.jobs.job.poll;

import io.surveycoder.jobs.access.Caller;
import io.surveycoder.jobs.access.RequiredScope;
import io.surveycoder.jobs.access.Scope;
import io.surveycoder.jobs.http.ApiException;
import io.surveycoder.jobs.http.Envelope;
import io.surveycoder.jobs.http.JsonBytes;
import io.surveycoder.jobs.http.ListEnvelope;
import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.JobRetention;
import io.surveycoder.jobs.job.JobSummary;
import io.surveycoder.jobs.job.JobView;
import io.surveycoder.jobs.job.poll.JobLists.FoundList;
import io.surveycoder.jobs.job.poll.JobReads.FoundJob;
import io.surveycoder.jobs.ratelimit.Charge;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * An answer's own headers are set last, when it cannot become an error any more.
 */
@RestController
@RequestMapping(path = "/v2/jobs", produces = MediaType.APPLICATION_JSON_VALUE)
@RequiredScope(Scope.READ)
@Tag(name = "Jobs")
class JobController {

	private final JobAnswers jobs;

	private final JobLists lists;

	private final JobRetention retention;

	JobController(JobAnswers jobs, JobLists lists, JobRetention retention) {
		this.jobs = jobs;
		this.lists = lists;
		this.retention = retention;
	}

	@GetMapping("/{id}")
	@Operation(operationId = "getJob", summary = "Get async job status",
			description = "Poll an async job by ID. Returns progress while processing, the full result on completion, "
					+ "or an error object on failure. Jobs auto-expire after 24 hours.")
	@Parameter(name = "id", in = ParameterIn.PATH, example = "job_1a2b3c4d5e6f7a8b9c0d1e2f",
			schema = @Schema(type = "string", pattern = JobId.PATTERN))
	@Nullable JsonBytes<Envelope<JobView>> get(Caller caller, @PathVariable String id, HttpServletRequest request,
			HttpServletResponse response) {
		JobId known = JobId.parse(id).orElseThrow(() -> ApiException.notFound("Job"));
		FoundJob found = this.jobs.find(caller.organization(), known);
		String tag = EntityTag.ofVersion(found.version());
		JsonBytes<Envelope<JobView>> body = null;
		if (settle(request, tag)) {
			body = this.jobs.body(caller.organization(), known, found);
		}
		tell(response, tag, body != null);
		response.setHeader("Sunset", this.retention.sunset(known));
		if (!found.isFinal()) {
			response.setHeader(HttpHeaders.RETRY_AFTER, Integer.toString(found.retryAfterSeconds()));
		}
		return body;
	}

	@GetMapping
	@Operation(operationId = "listJobs", summary = "List recent jobs",
			description = "List async jobs of your organization, newest first. Optionally filter by status.")
	@Parameter(name = "status", in = ParameterIn.QUERY, description = "Filter jobs by status.",
			schema = @Schema(type = "string", allowableValues = { "queued", "processing", "completed", "failed" }))
	@Parameter(name = "limit", in = ParameterIn.QUERY, description = "Maximum number of jobs to return.",
			schema = @Schema(type = "integer", minimum = "1", maximum = "100", defaultValue = "20"))
	@Nullable JsonBytes<ListEnvelope<JobSummary>> list(Caller caller, HttpServletRequest request, HttpServletResponse response) {
		ListRequest asked = ListRequest.parse(request);
		FoundList found = this.lists.newest(caller.organization(), asked.status().orElse(null), asked.limit());
		boolean sent = settle(request, found.tag());
		tell(response, found.tag(), sent);
		return sent ? found.answer() : null;
	}

	/**
	 * Charges for the answer unless its client has it already.
	 * @return whether it is to be sent
	 */
	private static boolean settle(HttpServletRequest request, String tag) {
		Charge charge = Charge.of(request);
		if (EntityTag.isWithClient(request, tag)) {
			charge.waive();
			return false;
		}
		charge.insist();
		return true;
	}

	private static void tell(HttpServletResponse response, String tag, boolean sent) {
		if (!sent) {
			response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
		}
		response.setHeader(HttpHeaders.ETAG, tag);
	}

}
