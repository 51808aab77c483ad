package io.surveycoder.jobs.job.signal;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Sends and hears signals from the start to the end of this instance, on two virtual
 * threads (docs/adr/0017).
 */
@Component
class Signals implements SmartLifecycle {

	/**
	 * The notification channel.
	 */
	static final String CHANNEL = "jobs_queued";

	/**
	 * The first word of each signal, by which an instance knows its own.
	 */
	static final String INSTANCE = UUID.randomUUID().toString();

	private static final Logger log = LoggerFactory.getLogger(Signals.class);

	// At most 200 a second, sent or passed on.
	private static final Duration GAP = Duration.ofMillis(5);

	private static final Duration LONGEST_SILENCE = Duration.ofSeconds(10);

	private static final Duration PAUSE = Duration.ofSeconds(1);

	private final SignalSender sender;

	private final SignalListener listener;

	private final boolean enabled;

	private final CountDownLatch stopped = new CountDownLatch(1);

	private volatile boolean running;

	private volatile @Nullable Connection connection;

	Signals(SignalSender sender, SignalListener listener, Settings settings) {
		this.sender = sender;
		this.listener = listener;
		this.enabled = settings.enabled;
	}

	private void send() throws InterruptedException {
		while (!pause(GAP)) {
			try {
				this.sender.send(LONGEST_SILENCE);
			}
			catch (RuntimeException ex) {
				// A database that is away says so elsewhere; nobody can claim anyway.
				log.debug("No signal was sent", ex);
			}
		}
	}

	private void listen() throws InterruptedException {
		boolean told = false;
		do {
			try (Connection listening = this.listener.listen()) {
				if (listening == null) {
					log.info("Other instances are not listened to: the database is reached through a pooler");
					return;
				}
				this.connection = listening;
				told = false;
				while (!pause(GAP)) {
					this.listener.hear(listening, LONGEST_SILENCE);
				}
			}
			catch (SQLException | RuntimeException ex) {
				// Once for each outage: it is tried each second.
				if (!told && this.running) {
					log.warn("Other instances are not heard for now, the queue is looked at instead: {}",
							ex.toString());
				}
				told = true;
			}
		}
		while (!pause(PAUSE));
	}

	/**
	 * Waits.
	 * @return whether it is over meanwhile
	 */
	private boolean pause(Duration length) throws InterruptedException {
		return this.stopped.await(length.toNanos(), TimeUnit.NANOSECONDS);
	}

	@Override
	public void start() {
		this.running = true;
		if (this.enabled) {
			startThread("signals-sent", this::send);
			startThread("signals-heard", this::listen);
		}
	}

	private static void startThread(String name, Loop loop) {
		Thread.ofVirtual().name(name).start(() -> {
			try {
				loop.run();
			}
			catch (InterruptedException _) {
				Thread.currentThread().interrupt();
			}
		});
	}

	@Override
	public void stop() {
		this.running = false;
		this.stopped.countDown();
		Connection listening = this.connection;
		if (listening != null) {
			try {
				listening.abort(Runnable::run);
			}
			catch (SQLException ex) {
				log.debug("The listening connection ends with the process", ex);
			}
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	private interface Loop {

		void run() throws InterruptedException;

	}

	/**
	 * Whether instances tell each other of jobs that were queued.
	 *
	 * @param enabled false: a job is found on other instances by the look ten times a
	 * second alone
	 */
	@ConfigurationProperties("jobs.signals")
	record Settings(@DefaultValue("true") boolean enabled) {
	}

}
