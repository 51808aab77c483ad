package io.surveycoder.jobs.testing;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * A client on one connection that allocates nothing when it sends a request and reads the
 * answer, so that what a JVM allocates meanwhile is the service's.
 */
public final class LeanClient implements AutoCloseable {

	private static final int PATIENCE_MILLIS = 30_000;

	private static final int NOT_MODIFIED = 304;

	private static final byte[] LENGTH = "content-length:".getBytes(StandardCharsets.US_ASCII);

	private final byte[] buffer = new byte[16 << 10];

	private final CRC32C checksum = new CRC32C();

	private final Socket socket;

	private final InputStream in;

	private final OutputStream out;

	private int status;

	// What was read past the head of an answer lies in the buffer from position to end.
	private int position;

	private int end;

	private long left;

	public LeanClient(Api api) {
		this(api, 256 << 10);
	}

	private LeanClient(Api api, int window) {
		try {
			this.socket = new Socket();
			this.socket.setReceiveBufferSize(window);
			this.socket.setSoTimeout(PATIENCE_MILLIS);
			this.socket
				.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), URI.create(api.base()).getPort()));
			this.in = this.socket.getInputStream();
			this.out = this.socket.getOutputStream();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * One whose window is small: most of what it has not read yet is not sent yet.
	 */
	public static LeanClient slow(Api api) {
		return new LeanClient(api, 4 << 10);
	}

	/**
	 * A request to be sent.
	 * @param key the {@code x-api-key}; null: none
	 * @param body JSON; null: none
	 * @param headers lines
	 */
	public static byte[] request(String method, String path, String key, String body, String... headers) {
		return (method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n"
				+ Stream.of(headers).map((line) -> line + "\r\n").collect(Collectors.joining())
				+ ((key != null) ? "x-api-key: " + key + "\r\n" : "")
				+ ((body != null) ? "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n" : "")
				+ "\r\n" + ((body != null) ? body : ""))
			.getBytes(StandardCharsets.US_ASCII);
	}

	/**
	 * Sends a request and reads its whole answer.
	 * @return the status
	 */
	public int exchange(byte[] request) throws IOException {
		send(request);
		readHead();
		readBody();
		return this.status;
	}

	/**
	 * Sends a request only.
	 */
	public void send(byte[] request) throws IOException {
		this.out.write(request);
	}

	/**
	 * Reads up to where the body begins.
	 * @return the body's length
	 */
	public long readHead() throws IOException {
		this.checksum.reset();
		this.position = 0;
		this.end = 0;
		int head;
		while ((head = headLength()) < 0) {
			int count = this.in.read(this.buffer, this.end, this.buffer.length - this.end);
			if (count < 0) {
				throw new EOFException("in the head");
			}
			this.end += count;
		}
		this.position = head;
		this.status = (this.buffer[9] - '0') * 100 + (this.buffer[10] - '0') * 10 + this.buffer[11] - '0';
		this.left = (this.status == NOT_MODIFIED) ? 0 : contentLength(head);
		return this.left;
	}

	/**
	 * Waits until the body begins to come; {@link #readBody} reads all of it.
	 */
	public void awaitBody() throws IOException {
		if (this.left > 0 && this.position == this.end) {
			this.position = 0;
			this.end = this.in.read(this.buffer, 0, 1);
			if (this.end < 0) {
				throw new EOFException("before the body");
			}
		}
	}

	/**
	 * Reads the rest of the answer.
	 * @return a checksum of the whole body
	 */
	public long readBody() throws IOException {
		while (true) {
			int count = (int) Math.min(this.left, this.end - this.position);
			this.checksum.update(this.buffer, this.position, count);
			this.left -= count;
			if (this.left == 0) {
				return this.checksum.getValue();
			}
			this.position = 0;
			this.end = this.in.read(this.buffer);
			if (this.end < 0) {
				throw new EOFException(this.left + " bytes before the end");
			}
		}
	}

	public int status() {
		return this.status;
	}

	/**
	 * Of the body that was read last.
	 */
	public long checksum() {
		return this.checksum.getValue();
	}

	/**
	 * The checksum of a text.
	 */
	public static long checksum(String text) {
		CRC32C checksum = new CRC32C();
		checksum.update(text.getBytes(StandardCharsets.UTF_8));
		return checksum.getValue();
	}

	private int headLength() {
		for (int i = 3; i < this.end; i++) {
			if (this.buffer[i] == '\n' && this.buffer[i - 1] == '\r' && this.buffer[i - 2] == '\n') {
				return i + 1;
			}
		}
		return -1;
	}

	private long contentLength(int head) {
		for (int start = 0; start < head - LENGTH.length; start++) {
			int n = 0;
			while (n < LENGTH.length && (this.buffer[start + n] | ' ') == (LENGTH[n] | ' ')) {
				n++;
			}
			if (n == LENGTH.length && this.buffer[start - 1] == '\n') {
				long length = 0;
				for (int i = start + n; this.buffer[i] != '\r'; i++) {
					length = (this.buffer[i] != ' ') ? length * 10 + this.buffer[i] - '0' : length;
				}
				return length;
			}
		}
		throw new IllegalStateException("no Content-Length");
	}

	/**
	 * Goes without a word: the connection is reset.
	 */
	public void vanish() throws IOException {
		this.socket.setSoLinger(true, 0);
		this.socket.close();
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
