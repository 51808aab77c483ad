package io.surveycoder.jobs;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import io.surveycoder.jobs.testing.Answer;
import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.Events;
import io.surveycoder.jobs.testing.ServiceProcess;
import io.surveycoder.jobs.testing.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What waiting workers cost the packaged service, and how it parts from them.
 */
@Isolated("It measures")
@TestMethodOrder(OrderAnnotation.class)
class WaitingIT {

	private static final int WAITERS = 2000;

	private static final Duration MEASURED = Duration.ofSeconds(5);

	@TempDir
	static Path folder;

	private static TestDatabase database;

	private static ServiceProcess service;

	private static Api api;

	@BeforeAll
	static void start() throws IOException {
		database = TestDatabase.empty();
		service = ServiceProcess.start(folder,
				Map.of("SPRING_DATASOURCE_URL", database.url(), "SPRING_DATASOURCE_USERNAME", database.username(),
						"SPRING_DATASOURCE_PASSWORD", database.password(), "JOBS_BOOTSTRAP_ADMIN_KEY", Api.ADMIN_KEY,
						"JOBS_DRAIN_DELAY", "3s"),
				"-Xmx512m", "-jar", Path.of("target", "jobs-api.jar").toAbsolutePath().toString());
		await().atMost(Duration.ofSeconds(90)).until(() -> service.status("/health") == 200);
		api = service.api();
	}

	@AfterAll
	static void stop() {
		service.close();
	}

	@Test
	@Order(1)
	void twoThousandWaitingWorkersCostAlmostNothing() throws Exception {
		String organization = api.tenant().organization();
		List<Socket> workers = new ArrayList<>();
		try {
			long empty = service.heapUsed();
			double threads = service.metric("jvm_threads_live_threads");
			while (workers.size() < WAITERS) {
				workers.add(waitingWorker());
			}
			await().atMost(Duration.ofSeconds(20)).until(() -> service.metric("jobs_claims_waiting") == WAITERS);
			long heap = service.heapUsed() - empty;
			double taken = statements();
			long begin = System.nanoTime();
			await().pollDelay(MEASURED).until(() -> true);
			double rate = (statements() - taken) * 1e9 / (System.nanoTime() - begin);
			System.out.printf("%d waiting workers: %.1f MB of heap, %.1f statements/s%n", WAITERS, heap / 1e6, rate);
			assertThat(heap).isLessThan(100_000_000);
			assertThat(service.metric("jvm_threads_live_threads") - threads).as("platform threads").isLessThan(20);
			assertThat(rate).isBetween(1.0, 20.0);

			String job = "{\"organization_id\":\"" + organization + "\",\"type\":\"one_call\"}";
			String batch = "{\"jobs\":[" + String.join(",", Collections.nCopies(WAITERS / 2, job)) + "]}";
			assertThat(api.post("/internal/v1/jobs/batch", batch).status()).isEqualTo(201);
			assertThat(api.post("/internal/v1/jobs/batch", batch).status()).isEqualTo(201);
			List<String> ids = new ArrayList<>();
			for (Socket worker : workers) {
				JsonNode jobs = answer(worker);
				assertThat(jobs).hasSize(1);
				ids.add(jobs.get(0).get("id").stringValue());
			}
			assertThat(ids).doesNotHaveDuplicates();
		}
		finally {
			for (Socket worker : workers) {
				worker.close();
			}
		}
	}

	@Test
	@Order(2)
	void terminatedServiceFinishesWhatItHasAndIsGoneWithinHalfAMinute() throws Exception {
		String organization = api.tenant().organization();
		String submission = "{\"organization_id\":\"" + organization + "\",\"type\":\"one_call\"}";
		JsonNode job = api.post("/internal/v1/jobs", submission).data();
		JsonNode claimed = api.claim("").get(0);
		assertThat(claimed.get("id")).isEqualTo(job.get("id"));
		Socket waiting = waitingWorker();
		await().until(() -> service.metric("jobs_claims_waiting") == 1);
		Api.Tenant tenant = new Api.Tenant(organization, api.key(organization, "\"scopes\":[\"read\"]"));
		String path = "/v2/jobs/" + job.get("id").stringValue();
		CompletableFuture<Answer> client = CompletableFuture
			.supplyAsync(() -> api.get(path, tenant.key(), "Prefer", "wait=60"));
		Events events = Events.open(api, path, tenant.key(), null);
		assertThat(events.next().status()).isEqualTo("processing");
		await().until(() -> service.metric("jobs_clients_waiting") == 2);
		CompletableFuture<Answer> inFlight;
		long terminated;
		try (Connection blocker = connect(); Statement statement = blocker.createStatement()) {
			blocker.setAutoCommit(false);
			statement.execute("select from job where id = '" + job.get("id").stringValue() + "' for update");
			inFlight = CompletableFuture.supplyAsync(() -> api.work(claimed, "complete", ",\"result\":{}"));
			await().until(() -> waitsForALock(statement));
			terminated = System.nanoTime();
			service.terminate();
			assertThat(answer(waiting)).isEmpty();
			assertThat(client.join().data().get("status").stringValue()).isEqualTo("processing");
			assertThat(events.isOver()).isTrue();
			await().until(() -> service.managementStatus("/actuator/health/readiness") == 503);
			Answer refused = service.api().post("/internal/v1/jobs/claim", "{\"worker\":\"test\"}");
			assertThat(refused.status()).isEqualTo(503);
			assertThat(refused.header("Retry-After")).isEqualTo("1");
			assertThat(service.api().post("/internal/v1/jobs", submission).status()).isEqualTo(201);
			blocker.commit();
		}
		assertThat(inFlight.join().status()).isEqualTo(200);
		assertThat(service.waitFor()).isEqualTo(143);
		assertThat(Duration.ofNanos(System.nanoTime() - terminated)).isLessThan(Duration.ofSeconds(30));
		assertThat(service.log()).doesNotContain("\tat ");
	}

	private static Socket waitingWorker() throws IOException {
		Socket socket = new Socket();
		socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), service.port()));
		socket.setSoTimeout(30_000);
		String body = "{\"worker\":\"test\",\"wait_seconds\":30}";
		socket.getOutputStream()
			.write(("POST /internal/v1/jobs/claim HTTP/1.1\r\nHost: x\r\nConnection: close\r\nx-api-key: "
					+ Api.ADMIN_KEY + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length()
					+ "\r\n\r\n" + body)
				.getBytes(StandardCharsets.US_ASCII));
		return socket;
	}

	private static JsonNode answer(Socket worker) throws IOException {
		String answer = new String(worker.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(answer).startsWith("HTTP/1.1 200");
		return JsonMapper.shared()
			.readTree(answer.substring(answer.indexOf("{\"success\""), answer.lastIndexOf('}') + 1))
			.get("data");
	}

	private static Connection connect() throws SQLException {
		return DriverManager.getConnection(database.url(), database.username(), database.password());
	}

	private static boolean waitsForALock(Statement statement) throws SQLException {
		return number(statement, "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
				+ " and datname = current_database()") == 1;
	}

	// PostgreSQL's own count of transactions comes up to ten seconds late. Looking at the
	// queue takes a connection for each statement.
	private static double statements() {
		return service.metric("hikaricp_connections_usage_seconds_count");
	}

	private static long number(Statement statement, String sql) throws SQLException {
		try (ResultSet rows = statement.executeQuery(sql)) {
			rows.next();
			return rows.getLong(1);
		}
	}

}
