package io.surveycoder.jobs.job.signal;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

import javax.sql.DataSource;

import io.surveycoder.jobs.job.JobsQueued;
import io.surveycoder.jobs.job.JobsQueuedElsewhere;
import io.surveycoder.jobs.job.signal.Signals.Settings;
import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Signals between instances, over the real notifications of PostgreSQL.
 */
@ServiceTest
class SignalsDbTests {

	private static final Duration LONG = Duration.ofSeconds(10);

	@Autowired
	JdbcTemplate jdbc;

	@Autowired
	DataSource database;

	private final List<Object> events = new CopyOnWriteArrayList<>();

	private SignalSender sender;

	private SignalListener listener;

	@BeforeEach
	void makeBoth() {
		this.sender = new SignalSender(this.jdbc);
		this.listener = new SignalListener(this.database, this.events::add);
	}

	@Test
	void whatOtherInstancesQueuedMeanwhileIsOneEvent() throws SQLException {
		try (Connection listening = listen()) {
			notifyAs("other auto_coding");
			notifyAs("another one_call auto_coding");
			notifyAs(Signals.INSTANCE + " codebook_generation");
			this.listener.hear(listening, LONG);
			assertThat(this.events).containsExactly(new JobsQueuedElsewhere(Set.of("auto_coding", "one_call")));
		}
	}

	@Test
	void whatThisInstanceQueuedIsSentOnceAndNotHeard() throws Exception {
		try (Connection listening = listen(); Connection other = listen()) {
			this.sender.on(new JobsQueued("one_call", 3));
			this.sender.on(new JobsQueued("auto_coding", 1));
			this.sender.on(new JobsQueued("one_call", 1));
			this.sender.send(LONG);
			this.sender.send(Duration.ZERO);
			this.listener.hear(listening, LONG);
			assertThat(this.events).isEmpty();
			assertThat(other.unwrap(PGConnection.class).getNotifications((int) LONG.toMillis()))
				.extracting(PGNotification::getParameter)
				.containsExactly(Signals.INSTANCE + " auto_coding one_call");
		}
	}

	@Test
	void whatComesAfterASignalIsInTheNext() throws Exception {
		try (Connection other = listen()) {
			for (int n = 0; n < 2; n++) {
				this.sender.on(new JobsQueued("one_call", 1));
				this.sender.send(LONG);
			}
			assertThat(other.unwrap(PGConnection.class).getNotifications((int) LONG.toMillis())).hasSize(2);
		}
	}

	@Test
	void lostConnectionIsNoticedAlsoInSilence() throws SQLException {
		try (Connection listening = listen()) {
			this.listener.hear(listening, Duration.ofMillis(1));
			end(listening.unwrap(PGConnection.class).getBackendPID());
			assertThatExceptionOfType(SQLException.class)
				.isThrownBy(() -> this.listener.hear(listening, Duration.ofMillis(1)));
		}
	}

	@Test
	void instanceListensUntilItStopsAndAgainAfterALostConnection() {
		Signals signals = new Signals(this.sender, this.listener, new Settings(true));
		signals.start();
		try {
			await().until(() -> listeners().size() == 1);
			int lost = listeners().getFirst();
			end(lost);
			await().until(() -> listeners().size() == 1 && !listeners().contains(lost));
			await().until(() -> {
				notifyAs("other one_call");
				return this.events.contains(new JobsQueuedElsewhere(Set.of("one_call")));
			});
		}
		finally {
			signals.stop();
		}
		await().until(() -> listeners().isEmpty());
	}

	private Connection listen() throws SQLException {
		return Objects.requireNonNull(this.listener.listen());
	}

	private void notifyAs(String signal) {
		this.jdbc.query("select pg_notify(?, ?)", (_) -> {
		}, Signals.CHANNEL, signal);
	}

	private List<Integer> listeners() {
		return this.jdbc.queryForList("select pid from pg_stat_activity where application_name = 'jobs-api signals'",
				Integer.class);
	}

	private void end(int process) {
		this.jdbc.queryForObject("select pg_terminate_backend(?, 10000)", Boolean.class, process);
	}

}
