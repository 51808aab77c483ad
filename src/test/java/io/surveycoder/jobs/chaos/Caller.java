package io.surveycoder.jobs.chaos;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;

import io.surveycoder.jobs.chaos.Connection.Answered;
import io.surveycoder.jobs.testing.Api;
import org.jspecify.annotations.Nullable;

/**
 * One client's HTTP: it stays with an instance until that fails, and loses some of its
 * calls, as clients do whose network breaks.
 */
final class Caller {

	private static final int PATIENCE_MILLIS = 20_000;

	private static final int CUT_PER_THOUSAND = 20;

	private static final int MOVE_PER_THOUSAND = 50;

	private final Instances instances;

	private final ClientLog log;

	private final Deadline deadline;

	private final Random random;

	private int instance;

	private @Nullable Connection connection;

	Caller(Instances instances, ClientLog log, Deadline deadline, Random random) {
		this.instances = instances;
		this.log = log;
		this.deadline = deadline;
		this.random = random;
		this.instance = random.nextInt(Instances.COUNT);
	}

	/**
	 * Posts once, with the service's key. The connection may break at any time: while the
	 * request is sent, right after it, or while the answer is awaited.
	 * @param longest how many milliseconds an answer is awaited that does not come
	 * @param headers whole lines
	 */
	Reply post(String path, String body, int longest, String... headers) {
		byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
		StringBuilder head = head("POST " + path, Api.ADMIN_KEY).append("Content-Type: application/json\r\n")
			.append("Content-Length: ")
			.append(bytes.length)
			.append("\r\n");
		for (String header : headers) {
			head.append(header).append("\r\n");
		}
		byte[] request = head.append("\r\n").append(body).toString().getBytes(StandardCharsets.UTF_8);
		if (this.log.calm().isDone() || this.random.nextInt(1000) >= CUT_PER_THOUSAND) {
			return send(request, request.length, PATIENCE_MILLIS);
		}
		return this.random.nextInt(4) == 0 ? send(request, this.random.nextInt(request.length), 1)
				: send(request, request.length, 1 + this.random.nextInt(longest));
	}

	/**
	 * Gets until there is an answer.
	 */
	Reply get(String path, String key) {
		Reply reply;
		do {
			byte[] request = head("GET " + path, key).append("\r\n").toString().getBytes(StandardCharsets.UTF_8);
			reply = send(request, request.length, PATIENCE_MILLIS);
		}
		while (!reply.isDefinite());
		return reply;
	}

	private static StringBuilder head(String call, String key) {
		return new StringBuilder(call).append(" HTTP/1.1\r\nHost: localhost\r\nx-api-key: ").append(key).append("\r\n");
	}

	private Reply send(byte[] request, int length, int patience) {
		if (this.deadline.isPast()) {
			throw new AssertionError("not over by the deadline");
		}
		if (this.random.nextInt(1000) < MOVE_PER_THOUSAND) {
			move();
		}
		Moment sent = this.log.now();
		try {
			if (this.connection == null) {
				this.connection = new Connection(this.instances.base(this.instance));
			}
		}
		catch (IOException _) {
			this.log.count(Happening.CONNECTION_REFUSED);
			move();
			return new Reply(sent, this.log.now(), Reply.UNSENT, false, "");
		}
		try {
			this.connection.send(request, length);
			Answered answered = this.connection.read(patience);
			if (answered.status() == 503) {
				move();
			}
			else if (answered.isLast()) {
				hangUp();
			}
			return new Reply(sent, this.log.now(), answered.status(),
					"true".equals(answered.headers().get("X-Idempotent-Replay")), answered.body());
		}
		catch (IOException _) {
			move();
			return new Reply(sent, this.log.now(), Reply.LOST, false, "");
		}
	}

	private void move() {
		hangUp();
		this.instance = (this.instance + 1) % Instances.COUNT;
	}

	/**
	 * Closes the connection, if there is one.
	 */
	void hangUp() {
		if (this.connection != null) {
			this.connection.close();
			this.connection = null;
		}
	}

}
