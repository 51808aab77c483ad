package io.surveycoder.jobs.job.signal;

import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import io.surveycoder.jobs.job.JobsQueued;

import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Tells other instances that this one has queued jobs. What comes together is one signal,
 * never inside the transaction that queued them: PostgreSQL lets transactions that notify
 * commit one after the other only.
 */
@Component
class SignalSender {

	// It is worth no waiting for the disk.
	private static final String SEND = "select set_config('synchronous_commit', 'off', true), pg_notify(?, ?)";

	private final JdbcTemplate jdbc;

	private final Set<String> types = new TreeSet<>();

	private final Semaphore news = new Semaphore(0);

	SignalSender(JdbcTemplate jdbc) {
		this.jdbc = jdbc;
	}

	@EventListener
	void on(JobsQueued queued) {
		synchronized (this.types) {
			if (this.types.add(queued.type())) {
				this.news.release();
			}
		}
	}

	/**
	 * Waits until there is something to tell, and tells it.
	 * @param atMost how long to wait
	 */
	void send(Duration atMost) throws InterruptedException {
		if (this.news.tryAcquire(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
			String signal = Signals.INSTANCE + " " + String.join(" ", take());
			this.jdbc.query(SEND, (_) -> {
			}, Signals.CHANNEL, signal);
		}
	}

	private Set<String> take() {
		synchronized (this.types) {
			this.news.drainPermits();
			Set<String> taken = new TreeSet<>(this.types);
			this.types.clear();
			return taken;
		}
	}

}
