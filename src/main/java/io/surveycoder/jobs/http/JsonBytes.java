package io.surveycoder.jobs.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * An answer that is JSON already: its bytes go to the socket as they are.
 *
 * @param <T> what they say, for the documentation
 */
public final class JsonBytes<T> {

	private final int length;

	private final Content content;

	private final @Nullable Path file;

	/**
	 * From UTF-8 in parts, so that a large one is not copied to be joined with what is
	 * around it.
	 */
	public JsonBytes(byte[]... parts) {
		int sum = 0;
		for (byte[] part : parts) {
			sum += part.length;
		}
		this(sum, (out) -> {
			for (byte[] part : parts) {
				out.write(part);
			}
		}, null);
	}

	private JsonBytes(int length, Content content, @Nullable Path file) {
		this.length = length;
		this.content = content;
		this.file = file;
	}

	/**
	 * From a file, which stays where it is for some seconds after the answer was
	 * returned: Tomcat may open it only then.
	 * @param length of the whole file
	 */
	public static <T> JsonBytes<T> ofFile(Path file, int length) {
		return new JsonBytes<>(length, (out) -> Files.copy(file, out), file);
	}

	/**
	 * From something that writes it piece by piece.
	 * @param length what the pieces make together
	 */
	public static <T> JsonBytes<T> ofPieces(int length, Content content) {
		return new JsonBytes<>(length, content, null);
	}

	/**
	 * How many bytes there are.
	 */
	public int length() {
		return this.length;
	}

	/**
	 * The file that holds them all; null when there is none.
	 */
	@Nullable Path file() {
		return this.file;
	}

	void writeTo(OutputStream out) throws IOException {
		this.content.writeTo(out);
	}

	/**
	 * What writes an answer.
	 */
	@FunctionalInterface
	public interface Content {

		void writeTo(OutputStream out) throws IOException;

	}

}
