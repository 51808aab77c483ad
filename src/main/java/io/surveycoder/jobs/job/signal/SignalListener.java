package io.surveycoder.jobs.job.signal;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.surveycoder.jobs.job.JobsQueuedElsewhere;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/**
 * Hears the signals of other instances, on a connection of its own: one that went back
 * into the pool would go on listening.
 */
@Component
class SignalListener {

	// Seconds that a server which hangs without closing its connections is believed.
	private static final String TIMEOUT = "20";

	private final DataSource database;

	private final ApplicationEventPublisher events;

	SignalListener(DataSource database, ApplicationEventPublisher events) {
		this.database = database;
		this.events = events;
	}

	/**
	 * Connects, and listens from now on.
	 * @return null when there is a pooler in between that gives each transaction another
	 * server process: none would listen for long, and one of them to nobody
	 */
	@Nullable Connection listen() throws SQLException {
		Connection connection = connect();
		try (Statement statement = connection.createStatement()) {
			if (isSomebodyBetween(connection, statement)) {
				connection.close();
				return null;
			}
			statement.execute("listen " + Signals.CHANNEL);
			return connection;
		}
		catch (SQLException ex) {
			connection.close();
			throw ex;
		}
	}

	/**
	 * Waits for signals and passes them on; what was heard meanwhile is one.
	 * @param atMost how long to wait; where nothing came, the connection is tried
	 * @throws SQLException when the connection is lost
	 */
	void hear(Connection connection, Duration atMost) throws SQLException {
		PGNotification[] heard = connection.unwrap(PGConnection.class).getNotifications((int) atMost.toMillis());
		if (heard == null || heard.length == 0) {
			try (Statement statement = connection.createStatement()) {
				statement.execute("");
			}
			return;
		}
		Set<String> types = new HashSet<>();
		for (PGNotification signal : heard) {
			List<String> words = Arrays.asList(signal.getParameter().split(" "));
			if (!words.getFirst().equals(Signals.INSTANCE)) {
				types.addAll(words.subList(1, words.size()));
			}
		}
		if (!types.isEmpty()) {
			this.events.publishEvent(new JobsQueuedElsewhere(types));
		}
	}

	private Connection connect() throws SQLException {
		HikariDataSource pool = this.database.unwrap(HikariDataSource.class);
		Properties properties = new Properties();
		// Whether and how the server is verified, above all.
		properties.putAll(pool.getDataSourceProperties());
		putUnlessNull(properties, "user", pool.getUsername());
		putUnlessNull(properties, "password", pool.getPassword());
		properties.put("ApplicationName", "jobs-api signals");
		properties.put("loginTimeout", TIMEOUT);
		properties.put("socketTimeout", TIMEOUT);
		return DriverManager.getConnection(pool.getJdbcUrl(), properties);
	}

	// Both may stand in the URL.
	private static void putUnlessNull(Properties properties, String name, @Nullable String value) {
		if (value != null) {
			properties.put(name, value);
		}
	}

	// PgBouncer makes up the process number that it greets with.
	private static boolean isSomebodyBetween(Connection connection, Statement statement) throws SQLException {
		try (ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
			row.next();
			return row.getInt(1) != connection.unwrap(PGConnection.class).getBackendPID();
		}
	}

}
