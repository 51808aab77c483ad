package io.surveycoder.jobs.job.work;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.JobsQueuedElsewhere;
import io.surveycoder.jobs.testing.Answer;
import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.Api.Tenant;
import io.surveycoder.jobs.testing.JobRows;
import io.surveycoder.jobs.testing.ServiceTest;
import io.surveycoder.jobs.testing.Statements;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Contract §2, claim with {@code wait_seconds}. The queue is looked at when a test says
 * so.
 */
@ServiceTest
class WaitingClaimApiTests {

	@Autowired
	Api api;

	@Autowired
	JobRows rows;

	@Autowired
	Statements statements;

	@Autowired
	ClaimWaiters waiters;

	@Autowired
	QueueWatch watch;

	@Autowired
	WaitingClaims claims;

	@AfterEach
	void sendEverybodyHome() {
		this.claims.stop();
		await().until(() -> this.waiters.size() == 0);
		this.claims.start();
	}

	@Test
	void jobThatIsThereIsNotWaitedFor() {
		JsonNode job = this.api.submit(this.api.tenant(), "");
		assertThat(this.api.claim(",\"wait_seconds\":30").get(0).get("id")).isEqualTo(job.get("id"));
		assertThat(this.waiters.size()).isZero();
	}

	@Test
	void jobSubmittedHereIsHandedOverAtOnce() {
		Tenant tenant = this.api.tenant();
		CompletableFuture<JsonNode> claim = waiting("");
		JsonNode job = this.api.submit(tenant, "");
		assertThat(claim.join().get(0).get("id")).isEqualTo(job.get("id"));
	}

	@Test
	void jobQueuedElsewhereIsFoundByTheNextLook() {
		CompletableFuture<JsonNode> claim = waiting("");
		JobId job = this.rows.insert(JobRows.organization());
		this.watch.look();
		assertThat(claim.join().get(0).get("id").stringValue()).isEqualTo(job.value());
	}

	@Test
	void jobQueuedElsewhereIsLookedForWhenThatIsHeard() {
		CompletableFuture<JsonNode> claim = waiting("");
		JobId job = this.rows.insert(JobRows.organization());
		this.watch.on(new JobsQueuedElsewhere(Set.of("auto_coding")));
		assertThat(claim.join().get(0).get("id").stringValue()).isEqualTo(job.value());
	}

	@Test
	void whatNobodyWaitsForIsNotLookedForWhenItIsHeard() {
		waiting(",\"types\":[\"one_call\"]");
		assertThat(this.statements.during(() -> this.watch.on(new JobsQueuedElsewhere(Set.of("auto_coding")))))
			.isEmpty();
	}

	@Test
	void jobWhoseTimeHasComeIsFoundByTheNextLook() {
		CompletableFuture<JsonNode> claim = waiting("");
		JobId job = this.rows.insert(JobRows.organization(), "run_at", "now() + interval '1 hour'");
		this.watch.look();
		assertThat(claim).isNotDone();
		this.rows.set(job, "run_at = now()");
		this.watch.look();
		assertThat(claim.join().get(0).get("id").stringValue()).isEqualTo(job.value());
	}

	@Test
	void jobWhoseTimeHasComeIsThereForAClaimThatDoesNotWait() {
		JobId job = this.rows.insert(JobRows.organization(), "run_at", "now() + interval '1 hour'");
		assertThat(this.api.claim("")).isEmpty();
		this.rows.set(job, "run_at = now()");
		assertThat(this.api.claim("").get(0).get("id").stringValue()).isEqualTo(job.value());
	}

	@Test
	void releasedJobIsHandedOverAtOnce() {
		JsonNode job = this.api.claim(this.api.submit(this.api.tenant(), ""));
		CompletableFuture<JsonNode> claim = waiting("");
		this.api.work(job, "release", "");
		assertThat(claim.join().get(0).get("id")).isEqualTo(job.get("id"));
	}

	@Test
	void jobOfAnotherTypeIsNotForThisWorker() {
		Tenant tenant = this.api.tenant();
		CompletableFuture<JsonNode> calls = waiting(",\"types\":[\"one_call\"]");
		CompletableFuture<JsonNode> codings = waiting(",\"types\":[\"auto_coding\"]");
		JsonNode job = this.api.submit(tenant, "");
		assertThat(codings.join().get(0).get("id")).isEqualTo(job.get("id"));
		assertThat(calls).isNotDone();
	}

	@Test
	void eachOfManyJobsWakesOneWorker() {
		String organization = JobRows.organization();
		List<CompletableFuture<JsonNode>> claims = Stream.generate(() -> waiting("")).limit(5).toList();
		this.rows.insertMany(organization, 3);
		this.watch.look();
		await().until(() -> claims.stream().filter(CompletableFuture::isDone).count() == 3);
		assertThat(claims.subList(0, 3)).as("first come, first served").allMatch(CompletableFuture::isDone);
		assertThat(claims.subList(0, 3).stream().map((claim) -> claim.join().get(0).get("id").stringValue()))
			.doesNotHaveDuplicates();
	}

	@Test
	void waitingCostsNoStatementAndNoneIsHeldOpen() {
		waiting("");
		assertThat(this.statements.during(() -> Stream.generate(() -> waiting("")).limit(20).toList()))
			.filteredOn((statement) -> statement.contains("from job"))
			.isEmpty();
		assertThat(this.statements.during(this.watch::look)).singleElement().asString().startsWith("select");
	}

	@Test
	void nothingComesAndTheAnswerIsEmptyWhenTheTimeIsUp() {
		long begin = System.nanoTime();
		Answer answer = this.api.post("/internal/v1/jobs/claim", "{\"worker\":\"test\",\"wait_seconds\":1}");
		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.body()).isEqualTo("{\"success\":true,\"data\":[]}");
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(3));
	}

	@Test
	void workerThatWentAwayWhileItWaitedGetsNothing() throws IOException {
		JobId job;
		try (Socket worker = new Socket(InetAddress.getLoopbackAddress(), URI.create(this.api.base()).getPort())) {
			String body = "{\"worker\":\"gone\",\"wait_seconds\":30}";
			worker.getOutputStream()
				.write(("POST /internal/v1/jobs/claim HTTP/1.1\r\nHost: x\r\nx-api-key: " + Api.ADMIN_KEY
						+ "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
					.getBytes(StandardCharsets.US_ASCII));
			await().until(() -> this.waiters.size() == 1 && this.waiters.allWait());
		}
		CompletableFuture<JsonNode> patient = waiting("");
		job = this.rows.insert(JobRows.organization());
		this.watch.look();
		assertThat(patient.join().get(0).get("id").stringValue()).isEqualTo(job.value());
		assertThat(this.rows.value(job, "attempt", Integer.class)).isOne();
	}

	@Test
	void stoppingServiceSendsWaitersHomeAndGivesOutNothing() {
		CompletableFuture<JsonNode> claim = waiting("");
		this.claims.stop();
		try {
			assertThat(claim.join()).isEmpty();
			JsonNode job = this.api.submit(this.api.tenant(), "");
			for (int seconds : List.of(0, 30)) {
				Answer refused = this.api.post("/internal/v1/jobs/claim",
						"{\"worker\":\"test\",\"wait_seconds\":" + seconds + "}");
				assertThat(refused.status()).isEqualTo(503);
				assertThat(refused.errorCode()).isEqualTo("SERVICE_UNAVAILABLE");
				assertThat(refused.header("Retry-After")).isEqualTo("1");
			}
			assertThat(this.rows.value(new JobId(job.get("id").stringValue()), "status", String.class))
				.isEqualTo("queued");
		}
		finally {
			this.claims.start();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "-1", "31", "1.0", "\"1\"", "true" })
	void waitOutsideItsRangeIsInvalid(String seconds) {
		Answer answer = this.api.post("/internal/v1/jobs/claim",
				"{\"worker\":\"test\",\"wait_seconds\":" + seconds + "}");
		assertThat(answer.status()).isEqualTo(422);
		assertThat(answer.errorMessage()).startsWith("wait_seconds must be");
	}

	// A claim that has tried and waits.
	private CompletableFuture<JsonNode> waiting(String members) {
		int others = this.waiters.size();
		CompletableFuture<JsonNode> claim = CompletableFuture
			.supplyAsync(() -> this.api.claim(",\"wait_seconds\":30" + members), Thread::startVirtualThread);
		await().pollInterval(Duration.ofMillis(5))
			.until(() -> this.waiters.size() == others + 1 && this.waiters.allWait());
		return claim;
	}

}
