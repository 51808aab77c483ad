package io.surveycoder.jobs;

import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.surveycoder.jobs.testing.Answer;
import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.Api.Tenant;
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
		for (String query : List.of("", "?status=queued", "?limit=100&status=completed")) {
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
	void claimIsTwoStatementsInOneTransaction() {
		assertThat(cost(() -> {
			this.api.submit(this.tenant, "");
			return this.api.post("/internal/v1/jobs/claim", "{\"worker\":\"test\"}");
		}).stream().filter((statement) -> !statement.startsWith("insert"))).hasSize(3).startsWith("begin");
	}

	@Test
	void claimOfNothingIsTwoStatementsInOneTransaction() {
		assertThat(cost(() -> this.api.post("/internal/v1/jobs/claim", "{\"worker\":\"test\"}"))).hasSize(3)
			.startsWith("begin");
	}

	@Test
	void everyTransitionIsOneStatement() {
		JsonNode claimed = this.api.claim(this.api.submit(this.tenant, ""));
		assertThat(cost(() -> this.api.work(claimed, "progress", ",\"processed\":0"))).singleElement()
			.asString()
			.startsWith("update");
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
