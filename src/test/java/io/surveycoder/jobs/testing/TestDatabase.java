package io.surveycoder.jobs.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;

import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The one real PostgreSQL of a test run: a container where a Docker engine answers, else
 * an embedded one. {@code -Djobs.test.database=container} or {@code embedded} decides it
 * by hand. It is stopped with the JVM.
 */
public record TestDatabase(String url, String username, String password) {

	private static final String CHOICE = System.getProperty("jobs.test.database", "auto");

	private static final TestDatabase INSTANCE = switch (CHOICE) {
		case "container" -> container();
		case "embedded" -> embedded();
		case "auto" -> DockerClientFactory.instance().isDockerAvailable() ? container() : embedded();
		default ->
			throw new IllegalArgumentException("jobs.test.database must be auto, container or embedded, not " + CHOICE);
	};

	public static TestDatabase get() {
		return INSTANCE;
	}

	private static TestDatabase container() {
		@SuppressWarnings("resource") // Testcontainers removes it with the JVM
		PostgreSQLContainer postgres = new PostgreSQLContainer("postgres:18");
		postgres.withCommand("postgres", "-c", "fsync=off", "-c", "max_connections=200").start();
		return new TestDatabase(postgres.getJdbcUrl(), postgres.getUsername(), postgres.getPassword());
	}

	private static TestDatabase embedded() {
		try {
			@SuppressWarnings("resource") // stopped by its own shutdown hook
			EmbeddedPostgres postgres = EmbeddedPostgres.builder().setServerConfig("max_connections", "200").start();
			return new TestDatabase(postgres.getJdbcUrl("postgres", "postgres"), "postgres", "postgres");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * A new, empty database on the same server, for a test that takes tables apart.
	 */
	public static TestDatabase empty() {
		String name = "test_" + Long.toHexString(System.nanoTime());
		try (Connection connection = DriverManager.getConnection(INSTANCE.url, INSTANCE.username, INSTANCE.password);
				Statement statement = connection.createStatement()) {
			statement.execute("create database " + name);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
		return new TestDatabase(INSTANCE.url.replaceFirst("(//[^/]+/)[^?]*", "$1" + name), INSTANCE.username,
				INSTANCE.password);
	}

	/**
	 * The settings that point a service at this database.
	 */
	public String[] settings() {
		return new String[] { "spring.datasource.url=" + this.url, "spring.datasource.username=" + this.username,
				"spring.datasource.password=" + this.password };
	}

	/**
	 * Points a test context at the database, before anything asks whether there is one.
	 */
	public static final class Initializer implements ApplicationContextInitializer<ConfigurableApplicationContext> {

		@Override
		public void initialize(ConfigurableApplicationContext context) {
			TestPropertyValues.of(get().settings()).applyTo(context);
		}

	}

}
