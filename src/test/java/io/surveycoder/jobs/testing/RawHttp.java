package io.surveycoder.jobs.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * A client without manners: sends any bytes and reads one answer.
 */
public final class RawHttp {

	private static final int PATIENCE_MILLIS = 10_000;

	private RawHttp() {
	}

	/**
	 * Sends the text, one byte per character.
	 */
	public static Reply send(int port, String request) {
		return send(port, request, false);
	}

	/**
	 * Sends the text and says that nothing more will come.
	 */
	public static Reply sendAndStop(int port, String request) {
		return send(port, request, true);
	}

	private static Reply send(int port, String request, boolean stop) {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
			socket.setSoTimeout(PATIENCE_MILLIS);
			socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
			socket.getOutputStream().flush();
			if (stop) {
				socket.shutdownOutput();
			}
			return read(socket.getInputStream());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Reply read(InputStream in) throws IOException {
		StringBuilder head = new StringBuilder();
		while (head.indexOf("\r\n\r\n") < 0) {
			int next = in.read();
			if (next < 0) {
				throw new IOException("Connection closed after: " + head);
			}
			head.append((char) next);
		}
		String[] lines = head.toString().strip().split("\r\n");
		Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		for (int i = 1; i < lines.length; i++) {
			String[] header = lines[i].split(": *", 2);
			headers.put(header[0], header[1]);
		}
		byte[] body = headers.containsKey("Content-Length")
				? in.readNBytes(Integer.parseInt(headers.get("Content-Length"))) : in.readAllBytes();
		return new Reply(Integer.parseInt(lines[0].split(" ")[1]), headers, new String(body, StandardCharsets.UTF_8));
	}

	/**
	 * What came back.
	 *
	 * @param headers by name in any case; of repeated ones the last
	 */
	public record Reply(int status, Map<String, String> headers, String body) {
	}

}
