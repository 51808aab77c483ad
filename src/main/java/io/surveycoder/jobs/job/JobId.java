package io.surveycoder.jobs.job;

import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A job's id: {@code job_}, twelve hex digits of its creation instant in milliseconds
 * since 1970, twelve random ones. So the order of ids is the order of creation, and the
 * id says when the job was created and in which partition it lies.
 *
 * @param value of the form {@code ^job_[a-f0-9]{24}$} (contract §1)
 */
public record JobId(String value) {

	/**
	 * The form that the contract gives.
	 */
	public static final String PATTERN = "^job_[a-f0-9]{24}$";

	private static final Pattern FORM = Pattern.compile("job_[a-f0-9]{24}");

	/**
	 * The id that a client sent; empty when it is none.
	 */
	public static Optional<JobId> parse(String value) {
		return FORM.matcher(value).matches() ? Optional.of(new JobId(value)) : Optional.empty();
	}

	public Instant createdAt() {
		return createdAt(this.value);
	}

	/**
	 * When the job of this id was created, to the millisecond.
	 */
	static Instant createdAt(String id) {
		return Instant.ofEpochMilli(createdAtMillis(id));
	}

	/**
	 * The same in milliseconds since 1970.
	 */
	public static long createdAtMillis(String id) {
		return HexFormat.fromHexDigitsToLong(id, 4, 16);
	}

	/**
	 * What the ids of all jobs created at this instant begin with, the SQL function
	 * {@code job_id_at}.
	 */
	public static String startOf(Instant instant) {
		return "job_" + HexFormat.of().toHexDigits(instant.toEpochMilli(), 12);
	}

	@Override
	public String toString() {
		return this.value;
	}

}
