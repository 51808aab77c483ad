package io.surveycoder.jobs.chaos;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.surveycoder.jobs.testing.ServiceProcess;
import io.surveycoder.jobs.testing.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two instances of the packaged service on one database. Each may be down, or somewhere
 * else than before.
 */
final class Instances implements AutoCloseable {

	static final int COUNT = 2;

	private static final Path JAR = Path.of("target", "jobs-api.jar").toAbsolutePath();

	// Instances are started many times in this run, beside work: no class is verified,
	// and nothing served for operators.
	private static final List<String> JAVA = List.of("-XX:+UnlockDiagnosticVMOptions",
			"-XX:-BytecodeVerificationRemote", "-Xmx384m", "-jar", "jobs-api.jar");

	private static final byte[] HEALTH = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
		.getBytes(StandardCharsets.US_ASCII);

	private static final int PROBE_MILLIS = 2000;

	private static final int TAIL = 15;

	private final AtomicReferenceArray<ServiceProcess> processes = new AtomicReferenceArray<>(COUNT);

	private final AtomicReferenceArray<String> bases = new AtomicReferenceArray<>(COUNT);

	private final Path folder;

	private final TestDatabase database;

	/**
	 * Unpacks the jar, as the image does: it starts in half the time.
	 */
	Instances(Path folder, TestDatabase database) throws IOException, InterruptedException {
		this.folder = folder;
		this.database = database;
		Process unpacking = new ProcessBuilder(ServiceProcess.java(), "-Djarmode=tools", "-jar", JAR.toString(),
				"extract", "--destination", folder.toString())
			.inheritIO()
			.start();
		assertThat(unpacking.waitFor()).isZero();
	}

	/**
	 * Starts one; it serves once {@link #isUp}.
	 */
	void start(int instance) throws IOException {
		ServiceProcess process = ServiceProcess.start(this.folder,
				Map.of("SPRING_DATASOURCE_URL", this.database.url(), "SPRING_DATASOURCE_USERNAME",
						this.database.username(), "SPRING_DATASOURCE_PASSWORD", this.database.password(),
						"JOBS_BOOTSTRAP_ADMIN_KEY", io.surveycoder.jobs.testing.Api.ADMIN_KEY, "JOBS_DRAIN_DELAY", "0s",
						"MANAGEMENT_SERVER_PORT", "-1", "JOBS_RETRY_INITIAL_DELAY", "50ms", "JOBS_RETRY_MAX_DELAY",
						"500ms"),
				JAVA.toArray(String[]::new));
		this.bases.set(instance, process.api().base());
		this.processes.set(instance, process);
	}

	boolean isUp(int instance) {
		try (Connection connection = new Connection(base(instance))) {
			connection.send(HEALTH, HEALTH.length);
			return connection.read(PROBE_MILLIS).status() == 200;
		}
		catch (IOException _) {
			return false;
		}
	}

	void kill(int instance) {
		this.processes.get(instance).close();
	}

	void terminate(int instance) throws InterruptedException {
		this.processes.get(instance).terminate();
		assertThat(this.processes.get(instance).waitFor()).as("exit status").isEqualTo(143);
	}

	/**
	 * Where it is, or was last.
	 */
	String base(int instance) {
		return this.bases.get(instance);
	}

	/**
	 * The last lines that each of them logged.
	 */
	String logs() {
		return IntStream.range(0, COUNT)
			.mapToObj(this.processes::get)
			.map((process) -> Stream.of(process.log().split("\n")).toList())
			.map((lines) -> String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL), lines.size())))
			.collect(Collectors.joining("\n---\n"));
	}

	@Override
	public void close() {
		List.of(0, 1)
			.stream()
			.map(this.processes::get)
			.filter((process) -> process != null)
			.forEach(ServiceProcess::close);
	}

}
