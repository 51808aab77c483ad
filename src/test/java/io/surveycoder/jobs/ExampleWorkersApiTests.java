package io.surveycoder.jobs;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.tools.ToolProvider;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.testing.Answer;
import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.Api.Tenant;
import io.surveycoder.jobs.testing.Interpreters;
import io.surveycoder.jobs.testing.JobRows;
import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

/**
 * The workers of {@code examples/}, run as processes. One whose interpreter is not
 * installed is skipped.
 */
@ServiceTest
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "It has no SIGTERM")
class ExampleWorkersApiTests {

	// One type, so that nobody else's jobs come along.
	private static final String TYPE = "auto_coding";

	private static final String QUICK = ",\"total\":3,\"payload\":{\"seconds_per_item\":0.01}";

	private static final String LONG = ",\"total\":1000,\"payload\":{\"seconds_per_item\":0.05}";

	@TempDir
	static Path folder;

	@Autowired
	Api api;

	@Autowired
	JobRows rows;

	@Autowired
	MeterRegistry meters;

	@ParameterizedTest
	@EnumSource
	void exampleIsShort(Language language) throws IOException {
		assertThat(Files.readAllLines(language.file)).hasSizeLessThan(120);
	}

	@ParameterizedTest
	@EnumSource
	void jobsAreWorkedALostOneIsDroppedAndAWaitingWorkerStopsAtOnce(Language language) throws Exception {
		Tenant tenant = this.api.tenant();
		try (Worker worker = Worker.start(language, this.api.base(), Api.ADMIN_KEY)) {
			JsonNode first = this.api.submit(tenant, QUICK);
			JsonNode empty = this.api.submit(tenant, "");
			JsonNode failing = this.api.submit(tenant, ",\"total\":3,\"max_attempts\":1,\"payload\":{\"fail\":true}");
			worker.awaits(() -> status(failing).equals("failed"));
			assertThat(view(tenant, first).get("progress").get("processed").intValue()).isEqualTo(3);
			assertThat(view(tenant, first).get("result")).hasToString("{\"responses_coded\":3}");
			assertThat(view(tenant, empty).get("result")).hasToString("{\"responses_coded\":0}");
			assertThat(view(tenant, failing).at("/error/code").stringValue()).isEqualTo("WORK_FAILED");
			assertThat(view(tenant, failing).at("/error/message").stringValue()).contains("the payload asks for it");

			JsonNode lost = this.api.submit(tenant, LONG);
			worker.awaits(() -> status(lost).equals("processing"));
			this.rows.set(id(lost), "lease_token = gen_random_uuid()");
			String asItWasLost = this.rows.row(id(lost));
			JsonNode next = this.api.submit(tenant, QUICK);
			worker.awaits(() -> status(next).equals("completed"));
			assertThat(this.rows.row(id(lost))).isEqualTo(asItWasLost);

			worker.awaits(() -> waitingClaims() == 1);
			assertThat(worker.terminate()).isZero();
			JsonNode late = this.api.submit(tenant, "");
			await().pollDelay(Duration.ofMillis(100)).until(() -> waitingClaims() == 0);
			assertThat(this.rows.value(id(late), "lease_token is null", Boolean.class)).as("never leased").isTrue();
			assertThat(worker.log().lines()).as("one line for each event").hasSizeBetween(10, 11);
		}
	}

	@ParameterizedTest
	@EnumSource
	void outageIsSatOutAndAStoppedWorkerGivesItsJobBack(Language language) throws Exception {
		Tenant tenant = this.api.tenant();
		JsonNode quick = this.api.submit(tenant, QUICK);
		JsonNode slow = this.api.submit(tenant, LONG);
		try (Outage outage = new Outage(this.api);
				Worker worker = Worker.start(language, outage.base(), Api.ADMIN_KEY)) {
			worker.awaits(() -> this.rows.value(id(slow), "processed", Integer.class) > 0);
			assertThat(worker.terminate()).isZero();

			assertThat(this.rows.value(id(quick), "status || attempt", String.class)).isEqualTo("completed1");
			assertThat(outage.completions).hasSize(3).containsOnly(outage.completions.getFirst());
			assertThat(outage.outcomes).containsExactly(200, 200);
			assertThat(Duration.ofNanos(outage.claims.get(1) - outage.claims.get(0))).as("Retry-After")
				.isGreaterThan(Duration.ofSeconds(1));
			assertThat(this.rows.value(id(slow), "status || attempt", String.class)).isEqualTo("queued0");
		}
	}

	@ParameterizedTest
	@EnumSource
	void missingOrUnknownKeyEndsTheWorkerWithAMessage(Language language) throws Exception {
		try (Worker missing = Worker.start(language, this.api.base(), "");
				Worker unknown = Worker.start(language, this.api.base(), Api.ADMIN_KEY.replace("Test", "Text"))) {
			assertThat(missing.ended()).isOne();
			assertThat(missing.log()).contains("JOBS_API_KEY is missing");
			assertThat(unknown.ended()).isOne();
			assertThat(unknown.log()).contains("401", "UNAUTHORIZED").hasLineCount(1);
		}
	}

	private String status(JsonNode job) {
		return this.rows.value(id(job), "status", String.class);
	}

	private JsonNode view(Tenant tenant, JsonNode job) {
		return this.api.get("/v2/jobs/" + id(job).value(), tenant.key()).data();
	}

	private double waitingClaims() {
		return this.meters.get("jobs.claims.waiting").gauge().value();
	}

	private static JobId id(JsonNode job) {
		return new JobId(job.get("id").stringValue());
	}

	/**
	 * What the examples are written in.
	 */
	enum Language {

		PYTHON("python/worker.py") {
			@Override
			List<String> interpreter() throws Exception {
				return Interpreters.python(this.file);
			}
		},

		TYPESCRIPT("typescript/worker.ts") {
			@Override
			List<String> interpreter() throws Exception {
				return Interpreters.typescript(this.file);
			}
		},

		JAVA("java/Worker.java") {
			@Override
			List<String> interpreter() throws Exception {
				String jackson = Stream
					.of(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
						.split(File.pathSeparator))
					.filter((entry) -> new File(entry).getName().startsWith("jackson-"))
					.collect(Collectors.joining(File.pathSeparator));
				Path classes = Files.createDirectories(folder.resolve("classes"));
				assertThat(ToolProvider.getSystemJavaCompiler()
					.run(null, null, null, "--release", "17", "-proc:none", "-cp", jackson, "-d", classes.toString(),
							this.file.toString()))
					.isZero();
				return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
						"-XX:TieredStopAtLevel=1", "-cp", classes + File.pathSeparator + jackson, "Worker");
			}
		};

		final Path file;

		private List<String> command;

		Language(String file) {
			this.file = Path.of("examples", file).toAbsolutePath();
		}

		/**
		 * What runs the example; empty when it is not there.
		 */
		abstract List<String> interpreter() throws Exception;

		List<String> command() throws Exception {
			if (this.command == null) {
				this.command = interpreter();
			}
			assumeFalse(this.command.isEmpty(), "Not installed");
			return this.command;
		}

	}

	/**
	 * An example at work.
	 */
	private record Worker(Process process, Path stderr) implements AutoCloseable {

		static Worker start(Language language, String url, String key) throws Exception {
			Path log = Files.createTempFile(folder, "worker", ".log");
			ProcessBuilder builder = new ProcessBuilder(language.command()).redirectError(log.toFile());
			builder.environment().keySet().removeIf((name) -> name.startsWith("JOBS_") || name.equals("WORKER_NAME"));
			builder.environment().putAll(Map.of("JOBS_URL", url, "JOBS_API_KEY", key, "JOBS_TYPES", TYPE));
			return new Worker(builder.start(), log);
		}

		void awaits(Callable<Boolean> condition) {
			try {
				await().atMost(Duration.ofSeconds(30)).failFast(() -> !this.process.isAlive()).until(condition);
			}
			catch (RuntimeException ex) {
				throw new AssertionError(log(), ex);
			}
		}

		/**
		 * Sends SIGTERM, and waits a few seconds at most.
		 * @return the exit status
		 */
		int terminate() throws InterruptedException {
			this.process.destroy();
			return ended(Duration.ofSeconds(5));
		}

		/**
		 * Waits for it to end by itself.
		 * @return the exit status
		 */
		int ended() throws InterruptedException {
			return ended(Duration.ofSeconds(30));
		}

		private int ended(Duration within) throws InterruptedException {
			assertThat(this.process.waitFor(within)).as("ended:\n" + log()).isTrue();
			return this.process.exitValue();
		}

		String log() {
			try {
				return Files.readString(this.stderr);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		@Override
		public void close() {
			this.process.destroyForcibly();
		}

	}

	/**
	 * The service behind a gateway that fails: the first claim and the first completion
	 * never reach it, and the answer to the second completion gets lost.
	 */
	private static final class Outage implements AutoCloseable {

		private final Api service;

		private final HttpServer server;

		private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

		/**
		 * When they came, in nanoseconds.
		 */
		final List<Long> claims = new CopyOnWriteArrayList<>();

		/**
		 * Their bodies.
		 */
		final List<String> completions = new CopyOnWriteArrayList<>();

		/**
		 * What the service answered to those that reached it.
		 */
		final List<Integer> outcomes = new CopyOnWriteArrayList<>();

		Outage(Api service) throws IOException {
			this.service = service;
			this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
			this.server.setExecutor(this.threads);
			this.server.createContext("/", this::handle);
			this.server.start();
		}

		String base() {
			return "http://127.0.0.1:" + this.server.getAddress().getPort();
		}

		private void handle(HttpExchange exchange) throws IOException {
			String path = exchange.getRequestURI().getPath();
			String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
			if (path.endsWith("/claim")) {
				this.claims.add(System.nanoTime());
				if (this.claims.size() == 1) {
					refuse(exchange, "1");
					return;
				}
			}
			if (path.endsWith("/complete")) {
				this.completions.add(body);
				if (this.completions.size() == 1) {
					refuse(exchange, "0");
					return;
				}
			}
			Answer answer = this.service.send("POST", path, exchange.getRequestHeaders().getFirst("x-api-key"), body);
			if (path.endsWith("/complete")) {
				this.outcomes.add(answer.status());
				if (this.completions.size() == 2) {
					refuse(exchange, "0");
					return;
				}
			}
			answer(exchange, answer.status(), answer.body());
		}

		private static void refuse(HttpExchange exchange, String retryAfter) throws IOException {
			exchange.getResponseHeaders().set("Retry-After", retryAfter);
			answer(exchange, 503, "no JSON");
		}

		private static void answer(HttpExchange exchange, int status, String body) throws IOException {
			byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
			exchange.sendResponseHeaders(status, bytes.length);
			try (OutputStream out = exchange.getResponseBody()) {
				out.write(bytes);
			}
		}

		@Override
		public void close() {
			this.server.stop(0);
			this.threads.shutdownNow();
		}

	}

}
