package io.surveycoder.jobs.http;

import java.io.IOException;
import java.io.OutputStream;

/**
 * An answer that is JSON already: its bytes go to the socket as they are.
 *
 * @param <T> what they say, for the documentation
 */
public final class JsonBytes<T> {

	private final byte[][] parts;

	private final int length;

	/**
	 * From UTF-8 in parts, so that a large one is not copied to be joined with what is
	 * around it.
	 */
	public JsonBytes(byte[]... parts) {
		int sum = 0;
		for (byte[] part : parts) {
			sum += part.length;
		}
		this.parts = parts;
		this.length = sum;
	}

	/**
	 * How many bytes there are.
	 */
	public int length() {
		return this.length;
	}

	void writeTo(OutputStream out) throws IOException {
		for (byte[] part : this.parts) {
			out.write(part);
		}
	}

}
