package io.surveycoder.jobs.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A client of server-sent events, which reads whatever comes.
 */
public final class Events implements AutoCloseable {

	private static final HttpClient http = HttpClient.newHttpClient();

	private static final Event END = new Event("", "", "");

	private final HttpResponse<InputStream> response;

	private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();

	private Events(HttpResponse<InputStream> response) {
		this.response = response;
		Thread.ofVirtual().start(this::read);
	}

	/**
	 * Opens a stream.
	 * @param lastEventId null: from the beginning
	 */
	public static Events open(Api api, String path, String key, String lastEventId) {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(api.base() + path))
			.header("x-api-key", key)
			.header("Accept", "text/event-stream");
		if (lastEventId != null) {
			request.header("Last-Event-ID", lastEventId);
		}
		try {
			return new Events(http.send(request.build(), BodyHandlers.ofInputStream()));
		}
		catch (IOException | InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	private void read() {
		try (BufferedReader lines = new BufferedReader(
				new InputStreamReader(this.response.body(), StandardCharsets.UTF_8))) {
			String name = "";
			String id = "";
			String data = "";
			for (String line = lines.readLine(); line != null; line = lines.readLine()) {
				if (line.isEmpty()) {
					if (!data.isEmpty()) {
						this.events.add(new Event(name, id, data));
					}
					data = "";
				}
				else if (line.equals(":")) {
					this.events.add(new Event("comment", "", ""));
				}
				else if (line.startsWith("event: ")) {
					name = line.substring(7);
				}
				else if (line.startsWith("id: ")) {
					id = line.substring(4);
				}
				else if (line.startsWith("data: ")) {
					data = line.substring(6);
				}
				else {
					throw new AssertionError("Unexpected line: " + line);
				}
			}
		}
		catch (IOException _) {
			// Closed by this side, or cut off.
		}
		this.events.add(END);
	}

	public int status() {
		return this.response.statusCode();
	}

	public String header(String name) {
		return this.response.headers().firstValue(name).orElse(null);
	}

	/**
	 * The next event that is no comment, or comes within 10 s.
	 */
	public Event next() {
		Event next = nextOfAny();
		return next.name.equals("comment") ? next() : next;
	}

	/**
	 * The same, comments too.
	 */
	public Event nextOfAny() {
		try {
			Event next = this.events.poll(10, TimeUnit.SECONDS);
			if (next == null) {
				throw new AssertionError("No event within 10 s");
			}
			return next;
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	/**
	 * So many of the next events.
	 */
	public List<Event> next(int count) {
		List<Event> events = new ArrayList<>();
		while (events.size() < count) {
			events.add(next());
		}
		return events;
	}

	/**
	 * Whether the server has ended the stream, with nothing more before.
	 */
	public boolean isOver() {
		return next() == END;
	}

	@Override
	public void close() {
		try {
			this.response.body().close();
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	/**
	 * One event.
	 */
	public record Event(String name, String id, String data) {

		private static final JsonMapper json = new JsonMapper();

		public JsonNode json() {
			return json.readTree(this.data);
		}

		public String status() {
			return json().get("status").stringValue();
		}

		public int processed() {
			return json().get("progress").get("processed").intValue();
		}

	}

}
