package io.surveycoder.jobs.job.poll;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

import io.surveycoder.jobs.job.JobId;

/**
 * Where a list goes on (contract §4, {@code Link}): after the job that ended the page
 * before. Clients take it as it is; a letter says in which form it is.
 */
final class Cursor {

	private static final byte FORM = 'a';

	private static final int ID_BYTES = 12;

	// Of an id, before its digits.
	private static final int PREFIX = 4;

	private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

	private static final Base64.Decoder DECODER = Base64.getUrlDecoder();

	private Cursor() {
	}

	/**
	 * The cursor after this job.
	 */
	static String after(JobId last) {
		return ENCODER.encodeToString(ByteBuffer.allocate(1 + ID_BYTES)
			.put(FORM)
			.put(HexFormat.of().parseHex(last.value(), PREFIX, last.value().length()))
			.array());
	}

	/**
	 * The job that a cursor is after; empty when it is none of ours, to the letter.
	 */
	static Optional<JobId> parse(String cursor) {
		try {
			byte[] bytes = DECODER.decode(cursor);
			if (bytes.length != 1 + ID_BYTES) {
				return Optional.empty();
			}
			JobId last = new JobId("job_" + HexFormat.of().formatHex(bytes, 1, bytes.length));
			// There are other spellings of the same bytes.
			return after(last).equals(cursor) ? Optional.of(last) : Optional.empty();
		}
		catch (IllegalArgumentException _) {
			return Optional.empty();
		}
	}

}
