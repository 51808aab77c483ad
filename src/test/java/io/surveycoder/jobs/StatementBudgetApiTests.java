package io.surveycoder.jobs;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.surveycoder.jobs.testing.Answer;
import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.Api.Tenant;
import io.surveycoder.jobs.testing.JobRows;
import io.surveycoder.jobs.testing.ServiceTest;
import io.surveycoder.jobs.testing.Statements;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How many statements each request may cost when its key is known.
 */
@ServiceTest
class StatementBudgetApiTests {

	@Autowired
	Api api;

	@Autowired
	JobRows rows;

	@Autowired
	Statements statements;

	private Tenant tenant;

	@BeforeEach
	void makeATenant() {
		this.tenant = this.api.tenant();
	}

	@Test
	void readOfOneJobIsOneStatementOutsideATransaction() {
		String path = "/v2/jobs/" + this.api.submit(this.tenant, "").get("id").stringValue();
		assertThat(cost(() -> this.api.get(path, this.tenant.key()))).singleElement().asString().startsWith("select");
	}

	@Test
	void readOfAnUnknownJobIsOneStatement() {
		assertThat(cost(() -> this.api.get("/v2/jobs/job_ffffffffffffffffffffffff", this.tenant.key()))).hasSize(1);
		assertThat(cost(() -> this.api.get("/v2/jobs/nonsense", this.tenant.key()))).isEmpty();
	}

	@Test
	void listIsOneStatementOutsideATransactionThatLoadsNoOutcome() {
		this.api.submit(this.tenant, "");
		for (String query : List.of("", "?status=queued", "?limit=100&status=completed", "?type=one_call",
				"?status=failed&type=auto_coding", "?cursor=YRorPE1eb3qLnA0eLw",
				"?cursor=YRorPE1eb3qLnA0eLw&status=queued", "?cursor=YRorPE1eb3qLnA0eLw&type=one_call")) {
			assertThat(cost(() -> this.api.get("/v2/jobs" + query, this.tenant.key()))).singleElement()
				.asString()
				.startsWith("select")
				.doesNotContain("result", "payload", "error_");
		}
	}

	@Test
	void submitIsOneStatement() {
		assertThat(cost(() -> this.api.post("/internal/v1/jobs",
				"{\"organization_id\":\"" + this.tenant.organization() + "\",\"type\":\"one_call\"}")))
			.singleElement()
			.asString()
			.startsWith("insert");
	}

	@Test
	void batchIsOneStatementHoweverLong() {
		String job = "{\"organization_id\":\"" + this.tenant.organization() + "\",\"type\":\"one_call\"}";
		for (int jobs : List.of(1, 1000)) {
			String body = "{\"jobs\":[" + String.join(",", Collections.nCopies(jobs, job)) + "]}";
			assertThat(cost(() -> this.api.post("/internal/v1/jobs/batch", body))).singleElement()
				.asString()
				.startsWith("insert");
		}
	}

	@Test
	void batchOfManyOrganizationsLooksThemUpInOneStatement() {
		List<String> organizations = Stream.generate(() -> this.api.tenant().organization()).limit(20).toList();
		String body = "{\"jobs\":[" + organizations.stream()
			.map((id) -> "{\"organization_id\":\"" + id + "\",\"type\":\"one_call\"}")
			.collect(Collectors.joining(",")) + "]}";
		assertThat(this.statements.during(() -> this.api.post("/internal/v1/jobs/batch", body)))
			.filteredOn((statement) -> statement.contains("from organization") || statement.startsWith("insert"))
			.hasSize(2);
	}

	@Test
	void submitWithAnIdempotencyKeyIsFourStatementsInOneTransaction() {
		String body = "{\"organization_id\":\"" + this.tenant.organization() + "\",\"type\":\"one_call\"}";
		assertThat(cost(() -> this.api.send("POST", "/internal/v1/jobs", Api.ADMIN_KEY, body, "Idempotency-Key",
				UUID.randomUUID().toString())))
			.hasSize(5)
			.startsWith("begin");
		String key = UUID.randomUUID().toString();
		this.api.send("POST", "/internal/v1/jobs", Api.ADMIN_KEY, body, "Idempotency-Key", key);
		assertThat(cost(() -> this.api.send("POST", "/internal/v1/jobs", Api.ADMIN_KEY, body, "Idempotency-Key", key)))
			.hasSize(3)
			.startsWith("begin");
	}

	@Test
	void batchOfCompletionsIsOneStatementAndTwoMoreForAllThatIsRefused() {
		for (int jobs : List.of(1, 300)) {
			this.rows.insertMany(this.tenant.organization(), TRIES * jobs);
			Iterator<String> bodies = Stream.generate(() -> completions(jobs)).limit(TRIES).toList().iterator();
			assertThat(cost(() -> this.api.post("/internal/v1/jobs/complete", bodies.next()))).singleElement()
				.asString()
				.contains("update");
			this.rows.insertMany(this.tenant.organization(), jobs);
			String refused = completions(jobs).replaceAll("lse_.{8}", "lse_AAAAAAAA");
			assertThat(cost(() -> this.api.post("/internal/v1/jobs/complete", refused))).hasSize(3);
		}
	}

	@Test
	void exchangeIsFourStatementsInOneTransactionAndTwoMoreForEachKindThatIsRefused() {
		for (int jobs : List.of(1, 100)) {
			this.rows.insertMany(this.tenant.organization(), (3 * TRIES + 3) * jobs);
			Iterator<String> bodies = Stream.generate(() -> exchange(jobs)).limit(TRIES).toList().iterator();
			assertThat(cost(() -> this.api.post("/internal/v1/jobs/exchange", bodies.next()))).hasSize(5)
				.startsWith("begin")
				.filteredOn((statement) -> statement.contains("update job"))
				.hasSize(3);
			this.rows.insertMany(this.tenant.organization(), (TRIES + 2) * jobs);
			String refused = exchange(jobs).replaceAll("lse_.{8}", "lse_AAAAAAAA");
			assertThat(cost(() -> this.api.post("/internal/v1/jobs/exchange", refused))).hasSize(9);
		}
	}

	@Test
	void exchangeOfNothingIsNoStatement() {
		assertThat(cost(() -> this.api.post("/internal/v1/jobs/exchange", "{}"))).isEmpty();
	}

	private String exchange(int jobs) {
		String completions = completions(jobs).replace("{\"jobs\":", "{\"complete\":");
		String failures = completions(jobs).replace("{\"jobs\":", ",\"fail\":")
			.replace("\"result\":{}", "\"error\":{\"code\":\"E\",\"message\":\"m\"}");
		return completions.substring(0, completions.length() - 1) + failures.substring(0, failures.length() - 1)
				+ ",\"claim\":{\"worker\":\"test\",\"limit\":" + jobs + "}}";
	}

	private String completions(int jobs) {
		List<JsonNode> claimed = new ArrayList<>();
		while (claimed.size() < jobs) {
			this.api.claim(",\"limit\":" + Math.min(100, jobs - claimed.size())).forEach(claimed::add);
		}
		return "{\"jobs\":[" + claimed.stream()
			.map((job) -> "{\"id\":%s,\"lease_token\":%s,\"result\":{}}".formatted(job.get("id"),
					job.get("lease_token")))
			.collect(Collectors.joining(",")) + "]}";
	}

	@Test
	void claimIsTwoStatementsInOneTransaction() {
		assertThat(cost(() -> {
			this.api.submit(this.tenant, "");
			return this.api.post("/internal/v1/jobs/claim", "{\"worker\":\"test\"}");
		}).stream().filter((statement) -> !statement.startsWith("insert"))).hasSize(3).startsWith("begin");
	}

	@Test
	void claimOfNothingIsOneStatementInATransactionAndOneMore() {
		assertThat(cost(() -> this.api.post("/internal/v1/jobs/claim", "{\"worker\":\"test\"}"))).hasSize(3)
			.startsWith("begin");
	}

	@Test
	void everyTransitionIsOneStatement() {
		JsonNode claimed = this.api.claim(this.api.submit(this.tenant, ""));
		assertThat(cost(() -> this.api.work(claimed, "progress", ",\"processed\":0"))).singleElement()
			.asString()
			.contains("update job");
		JsonNode[] jobs = Stream.generate(() -> this.api.claim(this.api.submit(this.tenant, "")))
			.limit(3 * TRIES)
			.toArray(JsonNode[]::new);
		int[] next = { 0 };
		for (String call : List.of("complete ,\"result\":{}", "fail ,\"error\":{\"code\":\"E\",\"message\":\"m\"}",
				"release ")) {
			assertThat(cost(() -> this.api.work(jobs[next[0]++], call.substring(0, call.indexOf(' ')),
					call.substring(call.indexOf(' ') + 1))))
				.singleElement()
				.asString()
				.startsWith("update");
		}
	}

	private static final int TRIES = 5;

	/**
	 * The least of some tries: now and then one falls on the moment when the key or the
	 * organization is looked up anew.
	 */
	private List<String> cost(Supplier<Answer> request) {
		return Stream.generate(() -> this.statements.during(() -> {
			Answer answer = request.get();
			assertThat(answer.status()).as(answer.toString()).isIn(200, 201, 404);
		})).limit(TRIES).min(Comparator.comparing(List::size)).orElseThrow();
	}

}
