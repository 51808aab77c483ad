package io.surveycoder.jobs.training;

import java.io.IOException;
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
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

/**
 * Trains the Java VM's AOT cache (docs/adr/0016): starts the extracted jar on an embedded
 * PostgreSQL, has it do its real work over HTTP and stops it, upon which the VM writes
 * down the classes that were loaded and the profiles of the methods that ran. Needs
 * nothing but Java and the embedded PostgreSQL, so that it also runs in the image's JRE.
 */
public final class Training {

	private static final int CLIENTS = 4;

	private static final Duration START_LIMIT = Duration.ofMinutes(2);

	// Writing the cache takes about 10 s of two cores.
	private static final Duration STOP_LIMIT = Duration.ofMinutes(5);

	private Training() {
	}

	/**
	 * Trains, starts once more with what was trained, and ends with an exception where
	 * anything is not as expected: a cache of a service that answered with errors would
	 * be worse than none, and one that is not taken costs its bytes for nothing.
	 * @param arguments the folder of the extracted jar, in which {@code jobs-api.aot} is
	 * written; and the seconds of work, default 20
	 */
	public static void main(String[] arguments) throws Exception {
		Path folder = Path.of(arguments[0]).toAbsolutePath();
		Duration work = Duration.ofSeconds((arguments.length > 1) ? Long.parseLong(arguments[1]) : 20);
		try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
			Map<String, String> database = Map.of("SPRING_DATASOURCE_URL", postgres.getJdbcUrl("postgres", "postgres"),
					"SPRING_DATASOURCE_USERNAME", "postgres", "SPRING_DATASOURCE_PASSWORD", "postgres");
			train(folder, work, database);
			verify(folder, database);
		}
	}

	/**
	 * Trains on an empty database.
	 * @param folder of the extracted jar and {@code jvm.options}
	 * @param work how long
	 * @param database the settings that name it
	 */
	public static void train(Path folder, Duration work, Map<String, String> database) throws Exception {
		Path cache = folder.resolve("jobs-api.aot");
		Files.deleteIfExists(cache);
		int port = freePort();
		int managementPort = freePort();
		Path log = Files.createTempFile("training", ".log");
		Process service = start(folder, log, port, managementPort, database, trainingOptions(folder));
		try {
			URI api = URI.create("http://127.0.0.1:" + port);
			awaitStart(service, api);
			work(api, URI.create("http://127.0.0.1:" + managementPort), work);
			service.destroy();
			if (!service.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS) || !Files.exists(cache)) {
				throw new IllegalStateException("The service has written no " + cache);
			}
			System.out.printf("Trained %s, %d MiB%n", cache, Files.size(cache) >> 20);
		}
		catch (Exception ex) {
			System.err.println(Files.readString(log));
			throw ex;
		}
		finally {
			service.destroyForcibly();
			Files.delete(log);
		}
	}

	/**
	 * Starts as an operator does, but for one option: a cache that does not fit ends the
	 * Java VM instead of slowing it.
	 * @param folder of the extracted jar, {@code jvm.options} and the cache
	 * @param database the settings that name it
	 */
	public static void verify(Path folder, Map<String, String> database) throws Exception {
		int port = freePort();
		Path log = Files.createTempFile("verification", ".log");
		long begin = System.nanoTime();
		Process service = start(folder, log, port, freePort(), database, "@jvm.options", "-XX:AOTMode=on");
		try {
			awaitStart(service, URI.create("http://127.0.0.1:" + port));
			System.out.printf("Started with it in %.1f s%n", (System.nanoTime() - begin) / 1e9);
			service.destroy();
			if (!service.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
				throw new IllegalStateException("The service does not stop");
			}
		}
		catch (Exception ex) {
			System.err.println(Files.readString(log));
			throw ex;
		}
		finally {
			service.destroyForcibly();
			Files.delete(log);
		}
	}

	private static String[] trainingOptions(Path folder) throws IOException {
		// The options of the real run, but for the cache, which is yet to be.
		return Stream
			.concat(Files.readAllLines(folder.resolve("jvm.options"))
				.stream()
				.filter((line) -> line.startsWith("-") && !line.startsWith("-XX:AOTCache=")),
					Stream.of("-XX:AOTCacheOutput=jobs-api.aot"))
			.toArray(String[]::new);
	}

	private static Process start(Path folder, Path log, int port, int managementPort, Map<String, String> database,
			String... options) throws IOException {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(List.of(options));
		command.addAll(List.of("-jar", "jobs-api.jar"));
		ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile())
			.redirectErrorStream(true)
			.redirectOutput(log.toFile());
		builder.environment()
			.keySet()
			.removeIf((name) -> name.matches("(SPRING|JOBS|SERVER|MANAGEMENT|LOGGING)_.*")
					|| name.equals("JDK_JAVA_OPTIONS") || name.equals("JAVA_TOOL_OPTIONS"));
		builder.environment().putAll(database);
		builder.environment()
			.putAll(Map.of("SERVER_ADDRESS", "127.0.0.1", "SERVER_PORT", "" + port, "MANAGEMENT_SERVER_ADDRESS",
					"127.0.0.1", "MANAGEMENT_SERVER_PORT", "" + managementPort, "JOBS_BOOTSTRAP_ADMIN_KEY",
					Client.ADMIN_KEY, "JOBS_DRAIN_DELAY", "0s"));
		return builder.start();
	}

	private static void awaitStart(Process service, URI api) throws InterruptedException {
		long limit = System.nanoTime() + START_LIMIT.toNanos();
		try (HttpClient http = HttpClient.newHttpClient()) {
			HttpRequest health = HttpRequest.newBuilder(api.resolve("/health")).build();
			while (true) {
				try {
					if (http.send(health, BodyHandlers.discarding()).statusCode() == 200) {
						return;
					}
				}
				catch (IOException ex) {
					if (!service.isAlive() || System.nanoTime() > limit) {
						throw new IllegalStateException("The service does not start", ex);
					}
				}
				// Ends early only when the service does.
				service.waitFor(100, TimeUnit.MILLISECONDS);
			}
		}
	}

	private static void work(URI api, URI management, Duration work) throws Exception {
		long end = System.nanoTime() + work.toNanos();
		try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
			List<Future<Integer>> rounds = new ArrayList<>();
			for (int i = 0; i < CLIENTS; i++) {
				rounds.add(clients.submit(() -> new Client(api, management).workUntil(end)));
			}
			int total = 0;
			for (Future<Integer> one : rounds) {
				total += one.get();
			}
			System.out.printf("The service did %d rounds of work in %d s%n", total, work.toSeconds());
		}
		catch (ExecutionException | CancellationException ex) {
			throw new IllegalStateException("The training went wrong", ex);
		}
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
	}

}
