package io.surveycoder.jobs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.testing.Answer;
import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.Api.Tenant;
import io.surveycoder.jobs.testing.JobRows;
import io.surveycoder.jobs.testing.SecondService;
import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What holds across instances: the test context's, and another with its real background
 * tasks.
 */
@ServiceTest
class TwoInstancesApiTests {

	private static final int WORKERS = 8;

	private static SecondService second;

	@Autowired
	Api one;

	@Autowired
	JobRows rows;

	@Autowired
	JdbcClient jdbc;

	@BeforeAll
	static void startTheOther() {
		second = SecondService.start();
	}

	@AfterAll
	static void stopTheOther() {
		second.close();
	}

	@Test
	void entityTagOfAnAnswerIsTheSameOnBoth() {
		Tenant tenant = this.one.tenant();
		String other = this.one.key(tenant.organization(), "\"scopes\":[\"read\"]");
		List<JobId> jobs = List.of(this.rows.insert(tenant.organization()),
				this.rows.insert(tenant.organization(), "status", "'completed'", "result", "'{}'"),
				this.rows.insert(tenant.organization(), "status", "'completed'", "result",
						"('\"' || repeat('x', 300000) || '\"')::json"));
		for (String path : Stream.concat(Stream.of("/v2/jobs"), jobs.stream().map((id) -> "/v2/jobs/" + id)).toList()) {
			String tag = this.one.get(path, tenant.key()).header("ETag");
			assertThat(tag).matches("\"[\\w-]+\"");
			for (int n = 0; n < 2; n++) {
				Answer same = second.api().get(path, other, "If-None-Match", tag);
				assertThat(same.status()).as(same.toString()).isEqualTo(304);
				assertThat(second.api().get(path, other).header("ETag")).isEqualTo(tag);
			}
		}
	}

	@Test
	void eightWorkersFinishEveryJobExactlyOnce() throws Exception {
		Map<String, Integer> backlogs = Map.of(this.one.tenant().organization(), 300, this.one.tenant().organization(),
				60, this.one.tenant().organization(), 1);
		backlogs.forEach(
				(organization, jobs) -> this.rows.insertMany(organization, jobs, "total", "2", "priority", "n % 3"));
		Set<String> live = ConcurrentHashMap.newKeySet();
		AtomicInteger left = new AtomicInteger(backlogs.values().stream().mapToInt(Integer::intValue).sum());
		List<JsonNode> claims = new ArrayList<>();
		try (ExecutorService threads = Executors.newFixedThreadPool(WORKERS)) {
			List<Future<List<JsonNode>>> workers = IntStream.range(0, WORKERS)
				.mapToObj((n) -> new Worker((n % 2 == 0) ? this.one : second.api(), (n % 4 < 2) ? 1 : 5, live, left))
				.map((worker) -> threads.submit(() -> worker.run(backlogs.keySet())))
				.toList();
			for (Future<List<JsonNode>> worker : workers) {
				claims.addAll(worker.get(60, TimeUnit.SECONDS));
			}
		}
		assertThat(claims).extracting((job) -> job.get("id").stringValue()).doesNotHaveDuplicates();
		assertThat(claims).extracting((job) -> job.get("lease_token").stringValue()).doesNotHaveDuplicates();
		assertThat(claims).extracting((job) -> job.get("attempt").intValue()).containsOnly(1);
		assertThat(claims.stream()
			.collect(Collectors.groupingBy((job) -> job.get("organization_id").stringValue(),
					Collectors.summingInt((_) -> 1))))
			.isEqualTo(backlogs);
		backlogs.forEach((organization, jobs) -> assertThat(this.jdbc.sql("""
				select count(*) from job
				where organization_id = ? and status = 'completed' and attempt = 1 and processed = 2
				  and result ->> 'id' = id
				""").param(organization).query(Integer.class).single()).isEqualTo(jobs));
	}

	/**
	 * Works until nothing of these organizations is left, and keeps a log of what it
	 * claimed.
	 *
	 * @param live the jobs that some worker holds
	 */
	private record Worker(Api api, int limit, Set<String> live, AtomicInteger left) {

		List<JsonNode> run(Set<String> organizations) {
			List<JsonNode> claimed = new ArrayList<>();
			long deadline = System.nanoTime() + Duration.ofSeconds(50).toNanos();
			while (this.left.get() > 0) {
				assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
				List<JsonNode> jobs = this.api.claim(",\"limit\":" + this.limit).valueStream().toList();
				assertThat(jobs).hasSizeLessThanOrEqualTo(this.limit);
				for (JsonNode job : jobs) {
					assertThat(this.live.add(job.get("id").stringValue())).as("held once: " + job).isTrue();
				}
				for (JsonNode job : jobs) {
					List<Integer> statuses = finish(job);
					// What another test left behind may be anything, even about to
					// expire.
					if (organizations.contains(job.get("organization_id").stringValue())) {
						assertThat(statuses).containsOnly(200);
						claimed.add(job);
						this.left.decrementAndGet();
					}
				}
			}
			return claimed;
		}

		private List<Integer> finish(JsonNode job) {
			String id = job.get("id").stringValue();
			int half = job.get("total").intValue() / 2;
			List<Integer> statuses = List.of(this.api.work(job, "progress", ",\"processed\":" + half).status(),
					this.api.work(job, "complete", ",\"result\":{\"id\":\"" + id + "\"}").status());
			this.live.remove(id);
			return statuses;
		}

	}

	@Test
	void leaseThatRanOutIsTakenBackByTheOtherInstanceWithinFiveSeconds() {
		Tenant tenant = this.one.tenant();
		JsonNode retried = this.one.claim(this.one.submit(tenant, ""));
		JsonNode given = this.one.claim(this.one.submit(tenant, ",\"max_attempts\":1"));
		this.rows.set(id(retried), "lease_expires_at = now()");
		this.rows.set(id(given), "lease_expires_at = now()");
		awaitWithin(Duration.ofSeconds(5), () -> status(tenant, retried).equals("queued"));
		awaitWithin(Duration.ofSeconds(5), () -> status(tenant, given).equals("failed"));
		assertThat(this.one.get("/v2/jobs/" + id(given), tenant.key()).data().at("/error/code").stringValue())
			.isEqualTo("LEASE_EXPIRED");
		assertThat(this.one.claim(retried).get("attempt").intValue()).isEqualTo(2);
	}

	// The middle one of some, since the machine may be busy with other things.
	@Test
	void jobQueuedOnOneInstanceIsHandedToAWorkerThatWaitsOnTheOtherWithin200Millis() {
		Tenant tenant = this.one.tenant();
		assertThat(middle(() -> {
			CompletableFuture<Long> answered = waitOnTheOther();
			JsonNode job = this.one.submit(tenant, "");
			long submitted = System.nanoTime();
			long waited = answered.join() - submitted;
			assertThat(status(tenant, job)).isEqualTo("processing");
			return Duration.ofNanos(waited);
		})).isLessThan(Duration.ofMillis(200));
	}

	@Test
	void jobWhoseTimeComesIsHandedToAWorkerThatWaitsWithin200Millis() {
		Tenant tenant = this.one.tenant();
		assertThat(middle(() -> {
			CompletableFuture<Long> answered = waitOnTheOther();
			JobId job = this.rows.insert(tenant.organization(), "run_at", "now() + interval '300 milliseconds'");
			long due = System.nanoTime() + Duration.ofMillis(300).toNanos();
			long waited = answered.join() - due;
			assertThat(this.rows.value(job, "status", String.class)).isEqualTo("processing");
			return Duration.ofNanos(waited);
		})).isBetween(Duration.ofMillis(-50), Duration.ofMillis(200));
	}

	private static CompletableFuture<Long> waitOnTheOther() {
		CompletableFuture<Long> answered = CompletableFuture.supplyAsync(() -> {
			assertThat(second.api().claim(",\"wait_seconds\":20")).hasSize(1);
			return System.nanoTime();
		}, Thread::startVirtualThread);
		awaitWithin(Duration.ofSeconds(5), () -> second.metric("jobs.claims.waiting") == 1);
		return answered;
	}

	private static Duration middle(Supplier<Duration> measured) {
		return Stream.generate(measured).limit(7).sorted().toList().get(3);
	}

	@Test
	void keyRevokedOnOneInstanceIsRefusedOnTheOtherWithinTwoSeconds() {
		Tenant tenant = this.one.tenant();
		Answer made = this.one.post("/internal/v1/organizations/" + tenant.organization() + "/api-keys",
				"{\"name\":\"test\",\"scopes\":[\"read\"],\"requests_per_minute\":0}");
		String key = made.data().get("key").stringValue();
		Api other = second.api();
		assertThat(other.get("/v2/jobs", key).status()).isEqualTo(200);
		this.one.send("DELETE", "/internal/v1/api-keys/" + made.data().get("id").stringValue(), Api.ADMIN_KEY, null);
		awaitWithin(Duration.ofSeconds(2), () -> "KEY_REVOKED".equals(other.get("/v2/jobs", key).errorCode()));
		assertThat(this.one.get("/v2/jobs", key).errorCode()).isEqualTo("KEY_REVOKED");
		assertThat(other.get("/v2/jobs", tenant.key()).status()).isEqualTo(200);
	}

	@Test
	void organizationDisabledOnOneInstanceIsRefusedOnTheOtherWithinTwoSeconds() {
		Tenant tenant = this.one.tenant();
		Api other = second.api();
		String submission = "{\"organization_id\":\"" + tenant.organization() + "\",\"type\":\"one_call\"}";
		assertThat(other.get("/v2/jobs", tenant.key()).status()).isEqualTo(200);
		assertThat(other.post("/internal/v1/jobs", submission).status()).isEqualTo(201);
		this.one.send("DELETE", "/internal/v1/organizations/" + tenant.organization(), Api.ADMIN_KEY, null);
		awaitWithin(Duration.ofSeconds(2), () -> "NO_ORG".equals(other.get("/v2/jobs", tenant.key()).errorCode())
				&& other.post("/internal/v1/jobs", submission).status() == 422);
		assertThat(this.one.get("/v2/jobs", tenant.key()).errorCode()).isEqualTo("NO_ORG");
	}

	@Test
	void repeatOnTheOtherInstanceGetsTheSameAnswer() {
		JsonNode claimed = this.one.claim(this.one.submit(this.one.tenant(), ""));
		Answer done = this.one.work(claimed, "complete", ",\"result\":{\"n\":1.0}");
		Answer again = second.api().work(claimed, "complete", ",\"result\":{\"n\":1.0}");
		assertThat(again.status()).isEqualTo(200);
		assertThat(again.body()).isEqualTo(done.body());
	}

	private String status(Tenant tenant, JsonNode job) {
		return this.one.get("/v2/jobs/" + id(job), tenant.key()).data().get("status").stringValue();
	}

	private static void awaitWithin(Duration limit, Callable<Boolean> condition) {
		await().pollInSameThread()
			.pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(25))
			.atMost(limit)
			.until(condition);
	}

	private static JobId id(JsonNode job) {
		return new JobId(job.get("id").stringValue());
	}

}
