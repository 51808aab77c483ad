package io.surveycoder.jobs.webhook;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A receiver on this machine that does what a test says, also what no server would.
 */
final class Receiver implements AutoCloseable {

	static final Conduct OK = answer("200 OK", "");

	/**
	 * Takes the request and never says anything.
	 */
	static final Conduct HANGS = (_, _) -> new CountDownLatch(1).await();

	static final Conduct ENDLESS_BODY = (_, out) -> {
		write(out, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n");
		byte[] piece = new byte[8192];
		while (true) {
			out.write(piece);
		}
	};

	static final Conduct DRIPPING_BODY = drips("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", "x");

	static final Conduct DRIPPING_HEADERS = drips("HTTP/1.1 200 OK\r\n", "X-Drop: 1\r\n");

	static final Conduct ENDLESS_INTERIM_ANSWERS = (_, out) -> {
		while (true) {
			write(out, "HTTP/1.1 103 Early Hints\r\n\r\n");
		}
	};

	private final ServerSocket server;

	private final List<Request> requests = new CopyOnWriteArrayList<>();

	private final List<Socket> connections = new CopyOnWriteArrayList<>();

	private final AtomicInteger accepted = new AtomicInteger();

	private volatile Conduct conduct = OK;

	Receiver() {
		try {
			this.server = new ServerSocket(0, 1000, InetAddress.getLoopbackAddress());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		Thread.ofVirtual().start(this::accept);
	}

	static Conduct answer(String status, String headers) {
		return (_, out) -> write(out, "HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: 2\r\n\r\nok");
	}

	private static Conduct drips(String start, String drop) {
		return (_, out) -> {
			write(out, start);
			while (true) {
				write(out, drop);
				// A drop every 20 ms: what drips is slow by itself, and no test waits for
				// it.
				LockSupport.parkNanos(20_000_000);
			}
		};
	}

	Receiver does(Conduct conduct) {
		this.conduct = conduct;
		return this;
	}

	String url(String path) {
		return "http://127.0.0.1:" + this.server.getLocalPort() + path;
	}

	int port() {
		return this.server.getLocalPort();
	}

	List<Request> requests() {
		return this.requests;
	}

	int connections() {
		return this.accepted.get();
	}

	private void accept() {
		try {
			while (true) {
				Socket connection = this.server.accept();
				this.accepted.incrementAndGet();
				this.connections.add(connection);
				Thread.ofVirtual().start(() -> serve(connection));
			}
		}
		catch (IOException _) {
			// Closed.
		}
	}

	private void serve(Socket connection) {
		try (connection) {
			while (true) {
				Request request = read(connection.getInputStream());
				this.requests.add(request);
				this.conduct.answer(request, connection.getOutputStream());
			}
		}
		catch (IOException | InterruptedException _) {
			// The sender has hung up.
		}
	}

	private static Request read(InputStream in) throws IOException {
		ByteArrayOutputStream head = new ByteArrayOutputStream();
		while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
			int next = in.read();
			if (next < 0) {
				throw new IOException("closed");
			}
			head.write(next);
		}
		String[] lines = head.toString(StandardCharsets.ISO_8859_1).strip().split("\r\n");
		Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		for (int i = 1; i < lines.length; i++) {
			String[] header = lines[i].split(": *", 2);
			headers.put(header[0], header[1]);
		}
		byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("Content-Length", "0")));
		return new Request(lines[0], headers, body);
	}

	private static void write(OutputStream out, String text) throws IOException {
		out.write(text.getBytes(StandardCharsets.ISO_8859_1));
		out.flush();
	}

	@Override
	public void close() {
		try {
			this.server.close();
			for (Socket connection : this.connections) {
				connection.close();
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * What to do with a request.
	 */
	interface Conduct {

		void answer(Request request, OutputStream out) throws IOException, InterruptedException;

	}

	/**
	 * What came in.
	 *
	 * @param line the request line
	 * @param headers by name in any case
	 */
	record Request(String line, Map<String, String> headers, byte[] body) {

		String text() {
			return new String(this.body, StandardCharsets.UTF_8);
		}

	}

}
