package io.surveycoder.jobs.job.poll;

import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;

import io.surveycoder.jobs.http.JsonBytes;
import io.surveycoder.jobs.http.Timestamps;
import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.JobProgress;

/**
 * Writes jobs as {@code JobView} and {@code JobSummary} say (contract §1), by hand: the
 * read path is what this service exists for. Ids, types and statuses need no escapes. A
 * test holds it to what those records would be written as.
 */
final class JobJson {

	/**
	 * What follows a result.
	 */
	static final byte[] END = { '}', '}' };

	private final StringBuilder text = new StringBuilder(512);

	JobJson openOne() {
		this.text.append("{\"success\":true,\"data\":");
		return this;
	}

	JobJson openList() {
		this.text.append("{\"success\":true,\"data\":[");
		return this;
	}

	/**
	 * Begins the next element of the list.
	 * @param before how many there are before it
	 */
	JobJson next(int before) {
		if (before > 0) {
			this.text.append(',');
		}
		return this;
	}

	/**
	 * What every job has, with its closing brace still to come.
	 */
	JobJson job(String id, String type, String status, int processed, int total, OffsetDateTime updatedAt) {
		return job(id, type, status, processed, total, updatedAt.toInstant().toEpochMilli());
	}

	/**
	 * The same.
	 * @param version its {@code updated_at} in milliseconds since 1970
	 */
	JobJson job(String id, String type, String status, int processed, int total, long version) {
		this.text.append("{\"id\":\"")
			.append(id)
			.append("\",\"type\":\"")
			.append(type)
			.append("\",\"status\":\"")
			.append(status)
			.append("\",\"progress\":{\"processed\":")
			.append(processed)
			.append(",\"total\":")
			.append(total)
			.append(",\"percentage\":")
			.append(JobProgress.percentage(processed, total, status.equals("completed")))
			.append("},\"created_at\":\"");
		Timestamps.append(this.text, JobId.createdAtMillis(id));
		this.text.append("\",\"updated_at\":\"");
		Timestamps.append(this.text, version);
		this.text.append('"');
		return this;
	}

	JobJson closeJob() {
		this.text.append('}');
		return this;
	}

	/**
	 * Closes the list.
	 * @return all of it, in UTF-8
	 */
	byte[] closeList(int count) {
		this.text.append("],\"meta\":{\"api_version\":\"v1\",\"count\":").append(count).append("}}");
		return bytes();
	}

	<T> JsonBytes<T> nothing() {
		this.text.append("}}");
		return new JsonBytes<>(bytes());
	}

	/**
	 * Closes with the result.
	 * @param result as it is stored, UTF-8
	 */
	<T> JsonBytes<T> result(byte[] result) {
		return new JsonBytes<>(beforeResult(), result, END);
	}

	/**
	 * All that comes before the result.
	 */
	byte[] beforeResult() {
		this.text.append(",\"result\":");
		return bytes();
	}

	/**
	 * Closes with the error.
	 * @param error as JSON
	 */
	<T> JsonBytes<T> error(String error) {
		this.text.append(",\"error\":").append(error).append("}}");
		return new JsonBytes<>(bytes());
	}

	/**
	 * What was written so far.
	 */
	@Override
	public String toString() {
		return this.text.toString();
	}

	private byte[] bytes() {
		return this.text.toString().getBytes(StandardCharsets.UTF_8);
	}

}
