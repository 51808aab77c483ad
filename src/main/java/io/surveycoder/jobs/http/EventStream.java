package io.surveycoder.jobs.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/**
 * Server-sent events, as they are written to a client (HTML Living Standard, 9.2).
 */
public final class EventStream {

	private static final byte[] COMMENT = ":\n\n".getBytes(StandardCharsets.US_ASCII);

	private static final byte[] END = "\n\n".getBytes(StandardCharsets.US_ASCII);

	// What comes before the data of an envelope.
	private static final int ENVELOPE_START = "{\"success\":true,\"data\":".length();

	private static final int ENVELOPE_END = 1;

	private final OutputStream out;

	/**
	 * Events to this client.
	 */
	public EventStream(OutputStream out) {
		this.out = out;
	}

	/**
	 * Whether a request asks for events rather than for JSON. A client that would take
	 * anything does not.
	 */
	public static boolean isWanted(HttpServletRequest request) {
		List<String> accept = Collections.list(request.getHeaders(HttpHeaders.ACCEPT));
		if (!request.getMethod().equals("GET")
				|| accept.stream().noneMatch((one) -> one.toLowerCase(Locale.ROOT).contains("event-stream"))) {
			return false;
		}
		try {
			double events = 0;
			double json = 0;
			for (MediaType type : MediaType.parseMediaTypes(accept)) {
				if (type.equalsTypeAndSubtype(MediaType.TEXT_EVENT_STREAM)) {
					events = type.getQualityValue();
				}
				else if (type.includes(MediaType.APPLICATION_JSON)) {
					json = Math.max(json, type.getQualityValue());
				}
			}
			return events > 0 && events >= json;
		}
		catch (InvalidMediaTypeException _) {
			return false;
		}
	}

	/**
	 * Says on the answer that events will follow, which no proxy may hold back.
	 */
	public static void begin(HttpServletResponse response) {
		response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
		response.setHeader("X-Accel-Buffering", "no");
	}

	/**
	 * The {@code Last-Event-ID} of a client that takes a stream up again.
	 * @return null when it begins anew
	 */
	public static @Nullable String lastEventId(HttpServletRequest request) {
		String id = request.getHeader("Last-Event-ID");
		return (id == null || id.isEmpty()) ? null : id;
	}

	/**
	 * Sends an event.
	 * @param name of its kind
	 * @param id where a client takes the stream up again that has got it
	 * @param data JSON on one line
	 * @throws IOException when the client is gone, or has not read for too long
	 */
	public void send(String name, String id, String data) throws IOException {
		add(name, id, data);
		flush();
	}

	/**
	 * The same, but with others that follow: it may wait for {@link #flush}.
	 */
	public void add(String name, String id, String data) throws IOException {
		this.out.write((head(name, id) + data + "\n\n").getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Sends an event whose data is what an envelope holds, however large.
	 * @param envelope {@code {"success":true,"data":…}}
	 */
	public void send(String name, String id, JsonBytes<? extends Envelope<?>> envelope) throws IOException {
		this.out.write(head(name, id).getBytes(StandardCharsets.UTF_8));
		envelope.writeTo(new DataOnly(this.out, envelope.length()));
		this.out.write(END);
		flush();
	}

	/**
	 * Sends what no client shows, so that whatever is in between knows the connection as
	 * one in use.
	 */
	public void sendComment() throws IOException {
		this.out.write(COMMENT);
		flush();
	}

	/**
	 * Sends what was added.
	 */
	public void flush() throws IOException {
		this.out.flush();
	}

	private static String head(String name, String id) {
		return "event: " + name + "\nid: " + id + "\ndata: ";
	}

	/**
	 * Passes on what is inside an envelope, on one line: in JSON, line breaks are only
	 * ever between its tokens.
	 */
	private static final class DataOnly extends OutputStream {

		private final OutputStream out;

		private final int end;

		private int position;

		DataOnly(OutputStream out, int length) {
			this.out = out;
			this.end = length - ENVELOPE_END;
		}

		@Override
		public void write(int one) throws IOException {
			write(new byte[] { (byte) one }, 0, 1);
		}

		@Override
		public void write(byte[] from, int offset, int length) throws IOException {
			int first = Math.clamp(ENVELOPE_START - (long) this.position, 0, length);
			int last = Math.clamp(this.end - (long) this.position, 0, length);
			this.position += length;
			if (first < last) {
				byte[] data = Arrays.copyOfRange(from, offset + first, offset + last);
				for (int i = 0; i < data.length; i++) {
					if (data[i] == '\n' || data[i] == '\r') {
						data[i] = ' ';
					}
				}
				this.out.write(data);
			}
		}

	}

}
