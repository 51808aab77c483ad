package io.surveycoder.jobs.job.submit;

import java.time.Instant;
import java.util.Objects;

import io.surveycoder.jobs.http.ApiException;
import io.surveycoder.jobs.http.RawJson;
import io.surveycoder.jobs.job.JobType;
import org.jspecify.annotations.Nullable;

/**
 * A job about to be stored: a {@link SubmissionRequest} that was found good, with every
 * default in its place.
 *
 * @param at where in the body it stood, for what is said about its fields
 */
record Submission(String at, String organizationId, String type, int total, @Nullable RawJson payload, int priority,
		int maxAttempts, @Nullable Instant runAt, @Nullable RawJson metadata) {

	/**
	 * Checks what no constraint on a single field can.
	 * @param at where in the body it stands: empty, or {@code jobs[3].}
	 * @throws ApiException 422 that names the field
	 */
	static Submission of(SubmissionRequest request, String at) {
		if (!JobType.allWire().contains(request.type())) {
			throw ApiException.invalid(at + "type must be one of " + String.join(", ", JobType.allWire()));
		}
		if (request.metadata() != null) {
			MetadataRules.check(request.metadata(), at + "metadata");
		}
		return new Submission(at, request.organizationId(), request.type(),
				Objects.requireNonNullElse(request.total(), 0), request.payload(),
				Objects.requireNonNullElse(request.priority(), 0), Objects.requireNonNullElse(request.maxAttempts(), 3),
				request.runAt(), request.metadata());
	}

}
