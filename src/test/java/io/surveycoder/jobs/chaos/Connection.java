package io.surveycoder.jobs.chaos;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * A connection to an instance, kept for the next call. Plain, so that no library repeats
 * a call that is not in the log, and breakable at any byte.
 */
final class Connection implements AutoCloseable {

	private static final int CONNECT_MILLIS = 5000;

	private final Socket socket = new Socket();

	private final InputStream in;

	/**
	 * Connects.
	 * @throws IOException when nobody listens
	 */
	Connection(String base) throws IOException {
		URI uri = URI.create(base);
		try {
			this.socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()), CONNECT_MILLIS);
			this.socket.setTcpNoDelay(true);
			this.in = new BufferedInputStream(this.socket.getInputStream());
		}
		catch (IOException ex) {
			close();
			throw ex;
		}
	}

	/**
	 * Sends a whole request, or its beginning.
	 */
	void send(byte[] request, int length) throws IOException {
		this.socket.getOutputStream().write(request, 0, length);
	}

	/**
	 * Reads an answer.
	 * @param millis how long to wait for its first byte, and for each next
	 */
	Answered read(int millis) throws IOException {
		this.socket.setSoTimeout(millis);
		int status = Integer.parseInt(line().split(" ")[1]);
		Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		for (String line = line(); !line.isEmpty(); line = line()) {
			String[] header = line.split(": *", 2);
			headers.put(header[0], header[1]);
		}
		byte[] body = headers.containsKey("Transfer-Encoding") ? chunks()
				: bytes(Integer.parseInt(headers.getOrDefault("Content-Length", "0")));
		return new Answered(status, headers, new String(body, StandardCharsets.UTF_8));
	}

	private byte[] chunks() throws IOException {
		ByteArrayOutputStream body = new ByteArrayOutputStream();
		int length;
		do {
			length = Integer.parseInt(line(), 16);
			body.write(bytes(length));
			line();
		}
		while (length > 0);
		return body.toByteArray();
	}

	private byte[] bytes(int length) throws IOException {
		byte[] bytes = this.in.readNBytes(length);
		if (bytes.length < length) {
			throw new EOFException();
		}
		return bytes;
	}

	private String line() throws IOException {
		StringBuilder line = new StringBuilder();
		for (int next = this.in.read(); next != '\n'; next = this.in.read()) {
			if (next < 0) {
				throw new EOFException();
			}
			line.append((char) next);
		}
		return line.substring(0, line.length() - 1);
	}

	@Override
	public void close() {
		try {
			this.socket.close();
		}
		catch (IOException _) {
			// It is of no use any more, one way or the other.
		}
	}

	/**
	 * What came back.
	 *
	 * @param headers by name in any case
	 */
	record Answered(int status, Map<String, String> headers, String body) {

		boolean isLast() {
			return "close".equalsIgnoreCase(this.headers.get("Connection"));
		}

	}

}
