package io.surveycoder.jobs.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The service as a process of its own, on free ports of the loopback address, with no
 * setting but those given.
 */
public final class ServiceProcess implements AutoCloseable {

	// It is started often and runs briefly: compiling in full costs more than it gives
	// back.
	private static final List<String> QUICK = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

	private final Process process;

	private final Path log;

	private final int port;

	private final int managementPort;

	private ServiceProcess(Process process, Path log, int port, int managementPort) {
		this.process = process;
		this.log = log;
		this.port = port;
		this.managementPort = managementPort;
	}

	/**
	 * Starts it.
	 * @param folder where it runs and logs
	 * @param settings environment variables; a {@code SERVER_PORT} here wins
	 * @param arguments of {@code java}
	 */
	public static ServiceProcess start(Path folder, Map<String, String> settings, String... arguments)
			throws IOException {
		int port = freePort();
		int managementPort = freePort();
		Path log = Files.createTempFile(folder, "service", ".log");
		List<String> command = new ArrayList<>();
		command.add(java());
		command.addAll(QUICK);
		command.addAll(List.of(arguments));
		ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile())
			.redirectErrorStream(true)
			.redirectOutput(log.toFile());
		builder.environment().keySet().removeIf((name) -> name.matches("(SPRING|JOBS|SERVER|MANAGEMENT)_.*"));
		builder.environment()
			.putAll(Map.of("SERVER_ADDRESS", "127.0.0.1", "MANAGEMENT_SERVER_ADDRESS", "127.0.0.1", "SERVER_PORT",
					"" + port, "MANAGEMENT_SERVER_PORT", "" + managementPort));
		builder.environment().putAll(settings);
		return new ServiceProcess(builder.start(), log, port, managementPort);
	}

	/**
	 * The {@code java} that the tests run on.
	 */
	public static String java() {
		return Path.of(System.getProperty("java.home"), "bin", "java").toString();
	}

	/**
	 * A status of the API, 0 while nothing listens.
	 */
	public int status(String path) throws InterruptedException {
		return status(this.port, path);
	}

	/**
	 * A status of the management port, 0 while nothing listens.
	 */
	public int managementStatus(String path) throws InterruptedException {
		return status(this.managementPort, path);
	}

	public Api api() {
		return new Api("http://127.0.0.1:" + this.port);
	}

	public int port() {
		return this.port;
	}

	/**
	 * The sum of a metric over all its labels.
	 * @param name as Prometheus spells it, with the labels that are asked for
	 */
	public double metric(String name) {
		return new Api("http://127.0.0.1:" + this.managementPort).get("/actuator/prometheus", null)
			.body()
			.lines()
			.filter((line) -> line.startsWith(name))
			.mapToDouble((line) -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
			.sum();
	}

	/**
	 * The bytes that its objects take, garbage not counted.
	 */
	public long heapUsed() throws IOException, InterruptedException {
		Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
		new ProcessBuilder(jcmd.toString(), String.valueOf(this.process.pid()), "GC.run")
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.start()
			.waitFor();
		return (long) metric("jvm_memory_used_bytes{area=\"heap\"");
	}

	public String log() {
		try {
			return Files.readString(this.log);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Waits for it to end by itself.
	 * @return its exit status
	 */
	public int waitFor() throws InterruptedException {
		if (!this.process.waitFor(90, TimeUnit.SECONDS)) {
			throw new AssertionError("still runs:\n" + log());
		}
		return this.process.exitValue();
	}

	/**
	 * Asks it to stop, as SIGTERM does.
	 */
	public void terminate() {
		this.process.destroy();
	}

	/**
	 * Kills it, as SIGKILL does.
	 */
	@Override
	public void close() {
		this.process.destroyForcibly().onExit().join();
	}

	private static int status(int port, String path) throws InterruptedException {
		try (HttpClient http = HttpClient.newHttpClient()) {
			return http
				.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
						BodyHandlers.discarding())
				.statusCode();
		}
		catch (ConnectException _) {
			return 0;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
	}

}
