package io.surveycoder.jobs.job.poll;

import java.util.Optional;
import java.util.regex.Pattern;

import io.surveycoder.jobs.http.ApiException;
import io.surveycoder.jobs.job.JobStatus;
import jakarta.servlet.http.HttpServletRequest;

/**
 * What a client asks of the list. Read from the request as it was sent: binding would
 * accept {@code +5}, join repeated values and ignore empty ones.
 *
 * @param status only jobs in this status; empty: all
 * @param limit at most so many, 1 to 100
 */
record ListRequest(Optional<JobStatus> status, int limit) {

	static final int MOST = 100;

	private static final int DEFAULT_LIMIT = 20;

	private static final Pattern LIMIT = Pattern.compile("[1-9][0-9]?|100");

	static ListRequest parse(HttpServletRequest request) {
		Optional<JobStatus> status = only(request, "status").map((value) -> JobStatus.parse(value)
			.orElseThrow(() -> ApiException
				.invalid("status must be one of queued, processing, completed, failed; given once")));
		int limit = only(request, "limit").map((value) -> {
			if (!LIMIT.matcher(value).matches()) {
				throw ApiException.invalid("limit must be an integer between 1 and 100");
			}
			return Integer.parseInt(value);
		}).orElse(DEFAULT_LIMIT);
		return new ListRequest(status, limit);
	}

	private static Optional<String> only(HttpServletRequest request, String name) {
		String[] values = request.getParameterValues(name);
		if (values != null && values.length > 1) {
			throw ApiException.invalid(name + " must be given once");
		}
		return (values != null) ? Optional.of(values[0]) : Optional.empty();
	}

}
