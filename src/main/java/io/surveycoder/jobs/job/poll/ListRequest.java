package io.surveycoder.jobs.job.poll;

import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

import io.surveycoder.jobs.http.ApiException;
import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.JobStatus;
import io.surveycoder.jobs.job.JobType;
import jakarta.servlet.http.HttpServletRequest;

/**
 * What a client asks of the list. Read from the request as it was sent: binding would
 * accept {@code +5}, join repeated values and ignore empty ones.
 *
 * @param status only jobs in this status; empty: all
 * @param type only jobs of this type; empty: all
 * @param limit at most so many, 1 to 100
 * @param after only jobs older than this one; empty: from the newest on
 */
record ListRequest(Optional<JobStatus> status, Optional<JobType> type, int limit, Optional<JobId> after) {

	static final int MOST = 100;

	private static final int DEFAULT_LIMIT = 20;

	private static final Pattern LIMIT = Pattern.compile("[1-9][0-9]?|100");

	static ListRequest parse(HttpServletRequest request) {
		return new ListRequest(
				only(request, "status", JobStatus::parse,
						"status must be one of queued, processing, completed, failed; given once"),
				only(request, "type", JobType::parse,
						"type must be one of " + String.join(", ", JobType.allWire()) + "; given once"),
				only(request, "limit", ListRequest::limit, "limit must be an integer between 1 and 100")
					.orElse(DEFAULT_LIMIT),
				only(request, "cursor", Cursor::parse, "cursor must be one that this list gave; given once"));
	}

	/**
	 * The {@code Link} to the next page of the same list (RFC 8288).
	 * @param prefix before every path of the API
	 * @param last the job that ends this one
	 */
	String linkToNext(String prefix, JobId last) {
		StringBuilder link = new StringBuilder(128).append('<')
			.append(prefix)
			.append("/v2/jobs?limit=")
			.append(this.limit);
		this.status.ifPresent((one) -> link.append("&status=").append(one.wire()));
		this.type.ifPresent((one) -> link.append("&type=").append(one.wire()));
		return link.append("&cursor=").append(Cursor.after(last)).append(">; rel=\"next\"").toString();
	}

	private static Optional<Integer> limit(String value) {
		return LIMIT.matcher(value).matches() ? Optional.of(Integer.valueOf(value)) : Optional.empty();
	}

	private static <T> Optional<T> only(HttpServletRequest request, String name, Function<String, Optional<T>> parser,
			String rule) {
		String[] values = request.getParameterValues(name);
		if (values == null) {
			return Optional.empty();
		}
		if (values.length > 1) {
			throw ApiException.invalid(name + " must be given once");
		}
		Optional<T> parsed = parser.apply(values[0]);
		if (parsed.isEmpty()) {
			throw ApiException.invalid(rule);
		}
		return parsed;
	}

}
