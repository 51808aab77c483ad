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

	// Some tests make deadlocks, and PostgreSQL looks for one only after 1 s.
	private static final String DEADLOCK_TIMEOUT = "100ms";

	// Databases may order text by the rules of some language. Here all letters and digits
	// go backwards, so that a statement that does not say that ids are compared by their
	// bytes is wrong whatever the ids.
	private static final String DATABASE = """
			create database %s template template0 locale_provider icu icu_locale 'und'
			icu_rules '&z<y<x<w<v<u<t<s<r<q<p<o<n<m<l<k<j<i<h<g<f<e<d<c<b<a<9<8<7<6<5<4<3<2<1<0'
			""";

	private static final TestDatabase INSTANCE = server().database();

	public static TestDatabase get() {
		return INSTANCE;
	}

	/**
	 * Another server, for a test that would be in the way of others even from a database
	 * of its own: its long transactions are part of every snapshot of the server.
	 */
	public static Server server() {
		return switch (CHOICE) {
			case "container" -> container();
			case "embedded" -> embedded();
			case "auto" -> DockerClientFactory.instance().isDockerAvailable() ? container() : embedded();
			default -> throw new IllegalArgumentException(
					"jobs.test.database must be auto, container or embedded, not " + CHOICE);
		};
	}

	private static Server container() {
		PostgreSQLContainer postgres = new PostgreSQLContainer("postgres:18");
		postgres
			.withCommand("postgres", "-c", "fsync=off", "-c", "max_connections=200", "-c",
					"deadlock_timeout=" + DEADLOCK_TIMEOUT)
			.start();
		return new Server(
				new TestDatabase(postgres.getJdbcUrl(), postgres.getUsername(), postgres.getPassword()).another(),
				postgres);
	}

	private static Server embedded() {
		try {
			EmbeddedPostgres postgres = EmbeddedPostgres.builder()
				.setServerConfig("max_connections", "200")
				.setServerConfig("deadlock_timeout", DEADLOCK_TIMEOUT)
				.start();
			return new Server(
					new TestDatabase(postgres.getJdbcUrl("postgres", "postgres"), "postgres", "postgres").another(),
					postgres);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * A new, empty database on the same server, for a test that takes tables apart.
	 */
	public static TestDatabase empty() {
		return INSTANCE.another();
	}

	private TestDatabase another() {
		String name = "test_" + Long.toHexString(System.nanoTime());
		try (Connection connection = DriverManager.getConnection(this.url, this.username, this.password);
				Statement statement = connection.createStatement()) {
			statement.execute(DATABASE.formatted(name));
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
		return new TestDatabase(this.url.replaceFirst("(//[^/]+/)[^?]*", "$1" + name), this.username, this.password);
	}

	/**
	 * The settings that point a service at this database.
	 */
	public String[] settings() {
		return new String[] { "spring.datasource.url=" + this.url, "spring.datasource.username=" + this.username,
				"spring.datasource.password=" + this.password };
	}

	/**
	 * A server, stopped with the JVM at the latest.
	 *
	 * @param database its empty one
	 */
	public record Server(TestDatabase database, AutoCloseable process) implements AutoCloseable {

		@Override
		public void close() throws Exception {
			this.process.close();
		}

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
