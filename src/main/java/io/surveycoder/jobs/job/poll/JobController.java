package io.surveycoder.jobs.job.poll;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import io.surveycoder.jobs.access.Caller;
import io.surveycoder.jobs.access.KeyStanding;
import io.surveycoder.jobs.access.RequiredScope;
import io.surveycoder.jobs.access.Scope;
import io.surveycoder.jobs.http.ApiException;
import io.surveycoder.jobs.http.Envelope;
import io.surveycoder.jobs.http.EventStream;
import io.surveycoder.jobs.http.JsonBytes;
import io.surveycoder.jobs.http.PathPrefix;
import io.surveycoder.jobs.http.ListEnvelope;
import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.JobRetention;
import io.surveycoder.jobs.job.JobSummary;
import io.surveycoder.jobs.job.JobView;
import io.surveycoder.jobs.job.poll.JobReads.FoundJob;
import io.surveycoder.jobs.job.poll.StreamedJobs.Filter;
import io.surveycoder.jobs.job.poll.WaitingReads.Wait;
import io.surveycoder.jobs.ratelimit.Charge;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema.AdditionalPropertiesValue;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
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
import org.springframework.web.context.request.async.WebAsyncTask;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/**
 * An answer's own headers are set last, when it cannot become an error any more.
 */
@RestController
@RequestMapping(path = "/v2/jobs", produces = MediaType.APPLICATION_JSON_VALUE)
@RequiredScope(Scope.READ)
@Tag(name = "Jobs")
class JobController {

	// Past the wait itself: for the last read.
	private static final Duration MARGIN = Duration.ofSeconds(30);

	private static final String NOT_MODIFIED = "Not Modified: the client has it already";

	private final JobAnswers jobs;

	private final JobLists lists;

	private final JobPages pages;

	private final WaitingReads waits;

	private final JobStreams streams;

	private final JobRetention retention;

	JobController(JobAnswers jobs, JobLists lists, JobPages pages, WaitingReads waits, JobStreams streams,
			JobRetention retention) {
		this.jobs = jobs;
		this.lists = lists;
		this.pages = pages;
		this.waits = waits;
		this.streams = streams;
		this.retention = retention;
	}

	@GetMapping(path = "/{id}", produces = { MediaType.APPLICATION_JSON_VALUE, MediaType.TEXT_EVENT_STREAM_VALUE })
	@Operation(operationId = "getJob", summary = "Get async job status",
			description = "Poll an async job by ID. Returns progress while processing, the full result on completion, "
					+ "or an error object on failure. Jobs auto-expire after 24 hours.")
	@Parameter(name = "id", in = ParameterIn.PATH, example = "job_1a2b3c4d5e6f7a8b9c0d1e2f",
			schema = @Schema(type = "string", pattern = JobId.PATTERN))
	@ApiResponse(responseCode = "200",
			content = @Content(mediaType = MediaType.APPLICATION_JSON_VALUE,
					schema = @Schema(implementation = OneJob.class)))
	@ApiResponse(responseCode = "304", description = NOT_MODIFIED, content = @Content)
	@Nullable Object get(Caller caller, @PathVariable String id, HttpServletRequest request, HttpServletResponse response) {
		JobId known = JobId.parse(id).orElseThrow(() -> ApiException.notFound("Job"));
		if (EventStream.isWanted(request)) {
			return stream(caller, known, request, response);
		}
		Optional<Duration> wait = WaitPreference.of(request);
		if (wait.isPresent() && this.waits.haveRoom(caller.organization())) {
			return await(caller, known, wait.get(), request, response);
		}
		FoundJob found = this.jobs.find(caller.organization(), known);
		return answer(caller, known, found, request, response);
	}

	/**
	 * Says for the documentation what {@link #get} is answered.
	 */
	@Schema(name = "EnvelopeJobView", additionalProperties = AdditionalPropertiesValue.FALSE)
	record OneJob(@Schema(requiredMode = RequiredMode.REQUIRED) boolean success,
			@Schema(requiredMode = RequiredMode.REQUIRED) JobView data) {
	}

	private @Nullable JsonBytes<Envelope<JobView>> answer(Caller caller, JobId known, FoundJob found,
			HttpServletRequest request, HttpServletResponse response) {
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

	private @Nullable Object await(Caller caller, JobId id, Duration atMost, HttpServletRequest request,
			HttpServletResponse response) {
		Charge.of(request).insist();
		List<String> known = EntityTag.withClient(request);
		Wait wait = this.waits.begin(caller.organization(), id,
				(version) -> !known.isEmpty() && !EntityTag.isAmong(known, EntityTag.ofVersion(version)));
		if (wait.isOver() || atMost.isZero()) {
			wait.close();
			return answer(caller, id, wait.found(), atMost, request, response);
		}
		// On a thread of its own: the stack of this one would be a large part of what a
		// waiting request costs.
		KeyStanding key = KeyStanding.of(request);
		return new WebAsyncTask<>(atMost.plus(MARGIN).toMillis(), () -> {
			try (wait) {
				FoundJob found = wait.await(atMost);
				key.check();
				return answer(caller, id, found, atMost, request, response);
			}
		});
	}

	private @Nullable Object answer(Caller caller, JobId id, FoundJob found, Duration waited,
			HttpServletRequest request, HttpServletResponse response) {
		JsonBytes<Envelope<JobView>> body = answer(caller, id, found, request, response);
		response.setHeader("Preference-Applied", "wait=" + waited.toSeconds());
		return body;
	}

	private @Nullable Object stream(Caller caller, JobId id, HttpServletRequest request, HttpServletResponse response) {
		Charge.of(request).insist();
		JobStream stream = this.streams.ofJob(caller.organization(), id, KeyStanding.of(request),
				EventStream.lastEventId(request));
		if (stream.isOver()) {
			// A browser comes again after the end of each stream, but not after this.
			stream.close();
			response.setStatus(HttpServletResponse.SC_NO_CONTENT);
			return null;
		}
		response.setHeader("Sunset", this.retention.sunset(id));
		return begin(stream, response);
	}

	private Object stream(Caller caller, ListRequest asked, HttpServletRequest request, HttpServletResponse response) {
		Charge.of(request).insist();
		int most = (request.getParameter("limit") != null) ? asked.limit() : StreamedJobs.MOST;
		return begin(this.streams.ofOrganization(caller.organization(), new Filter(asked.status(), asked.type(), most),
				KeyStanding.of(request), EventStream.lastEventId(request)), response);
	}

	// Spring's own stream would not be flushed.
	private static StreamingResponseBody begin(LiveStream stream, HttpServletResponse response) {
		EventStream.begin(response);
		return (_) -> stream.writeTo(response.getOutputStream());
	}

	@GetMapping(produces = { MediaType.APPLICATION_JSON_VALUE, MediaType.TEXT_EVENT_STREAM_VALUE })
	@Operation(operationId = "listJobs", summary = "List recent jobs",
			description = "List async jobs of your organization, newest first. Optionally filter by status.")
	@Parameter(name = "status", in = ParameterIn.QUERY, description = "Filter jobs by status.",
			schema = @Schema(type = "string", allowableValues = { "queued", "processing", "completed", "failed" }))
	@Parameter(name = "limit", in = ParameterIn.QUERY, description = "Maximum number of jobs to return.",
			schema = @Schema(type = "integer", minimum = "1", maximum = "100", defaultValue = "20"))
	@ApiResponse(responseCode = "200",
			content = @Content(mediaType = MediaType.APPLICATION_JSON_VALUE,
					schema = @Schema(implementation = ManyJobs.class)))
	@ApiResponse(responseCode = "304", description = NOT_MODIFIED, content = @Content)
	@Nullable Object list(Caller caller, HttpServletRequest request, HttpServletResponse response) {
		ListRequest asked = ListRequest.parse(request);
		if (EventStream.isWanted(request)) {
			return stream(caller, asked, request, response);
		}
		FoundList found = find(caller.organization(), asked);
		boolean sent = settle(request, found.tag());
		tell(response, found.tag(), sent);
		if (found.last() != null) {
			response.setHeader(HttpHeaders.LINK, asked.linkToNext(PathPrefix.of(request), found.last()));
		}
		return sent ? found.answer() : null;
	}

	private FoundList find(String organization, ListRequest asked) {
		return (asked.type().isPresent() || asked.after().isPresent()) ? this.pages.page(organization, asked)
				: this.lists.newest(organization, asked.status().orElse(null), asked.limit());
	}

	/**
	 * Says for the documentation what {@link #list} is answered.
	 */
	@Schema(name = "ListEnvelopeJobSummary", additionalProperties = AdditionalPropertiesValue.FALSE)
	record ManyJobs(@Schema(requiredMode = RequiredMode.REQUIRED) boolean success,
			@Schema(requiredMode = RequiredMode.REQUIRED) List<JobSummary> data,
			@Schema(requiredMode = RequiredMode.REQUIRED) ListEnvelope.Meta meta) {
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
