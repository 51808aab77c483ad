package io.surveycoder.jobs.job.submit;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

import io.surveycoder.jobs.testing.Answer;
import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.Api.Tenant;
import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Contract §2, submit of many.
 */
@ServiceTest
class BatchSubmitApiTests {

	@Autowired
	Api api;

	@Autowired
	JdbcClient jdbc;

	private Tenant tenant;

	@BeforeEach
	void makeATenant() {
		this.tenant = this.api.tenant();
	}

	@Test
	void thousandJobsComeBackInTheOrderGivenAndAreClaimedInIt() {
		Answer answer = submit(IntStream.range(0, 1000).mapToObj((i) -> job(",\"total\":" + i)).toList());
		assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
		assertThat(answer.data()).hasSize(1000);
		assertThat(answer.data().valueStream().map((job) -> job.at("/progress/total").intValue()))
			.containsExactlyElementsOf(IntStream.range(0, 1000).boxed().toList());
		assertThat(answer.data().valueStream().map((job) -> job.get("id").stringValue())).isSorted()
			.doesNotHaveDuplicates();
		JsonNode claimed = this.api.claim(",\"limit\":100");
		assertThat(claimed.valueStream().map((job) -> job.get("total").intValue()))
			.containsExactlyElementsOf(IntStream.range(0, 100).boxed().toList());
	}

	@Test
	void eachJobIsTheOneThatIsPolled() {
		Tenant other = this.api.tenant();
		Answer answer = submit(List.of(job(",\"payload\":{\"n\":1.0},\"metadata\":{\"m\":\"x\"},\"priority\":5"),
				"{\"organization_id\":\"" + other.organization() + "\",\"type\":\"one_call\"}"));
		List<Tenant> owners = List.of(this.tenant, other);
		for (int i = 0; i < 2; i++) {
			JsonNode job = answer.data().get(i);
			assertThat(this.api.get("/v2/jobs/" + job.get("id").stringValue(), owners.get(i).key()).data())
				.isEqualTo(job);
		}
		assertThat(this.jdbc.sql("select payload::text || metadata || priority from job where organization_id = ?")
			.param(this.tenant.organization())
			.query(String.class)
			.single()).isEqualTo("{\"n\":1.0}{\"m\":\"x\"}5");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					,"total":-1               | jobs[1].total
					,"priority":101           | jobs[1].priority
					,"max_attempts":0         | jobs[1].max_attempts
					,"run_at":"tomorrow"      | jobs[1].run_at
					,"payload":[]             | jobs[1].payload
					,"metadata":{"m":1}       | jobs[1].metadata.m
					,"type":"video"           | jobs[1].type
					,"type":null              | jobs[1].type
					,"colour":"red"           | jobs[1].colour
					,"organization_id":"org_ffffffffffffffffffffffff" | jobs[1].organization_id org_ffffffffffffffffffffffff is unknown
					""")
	void oneBadJobRefusesAllAndIsNamed(String members, String named) {
		Answer answer = submit(List.of(job(""), job(members), job("")));
		assertThat(answer.status()).as(answer.toString()).isEqualTo(422);
		assertThat(answer.errorMessage()).contains(named);
		assertThat(this.api.get("/v2/jobs", this.tenant.key()).data()).isEmpty();
	}

	@Test
	void batchHas1To1000Jobs() {
		for (String jobs : List.of("[]", "[" + String.join(",", Collections.nCopies(1001, job(""))) + "]")) {
			Answer answer = this.api.post("/internal/v1/jobs/batch", "{\"jobs\":" + jobs + "}");
			assertThat(answer.status()).isEqualTo(422);
			assertThat(answer.errorMessage()).isEqualTo("jobs must have 1 to 1000 entries");
		}
		for (String body : List.of("{}", "{\"jobs\":null}", "{\"jobs\":{}}", "{\"jobs\":[null]}", "{\"jobs\":[1]}",
				"[]", "{\"jobs\":[" + job("") + "],\"x\":1}")) {
			Answer answer = this.api.post("/internal/v1/jobs/batch", body);
			assertThat(answer.status()).as(body + " " + answer).isEqualTo(422);
		}
		assertThat(this.api.get("/v2/jobs", this.tenant.key()).data()).isEmpty();
	}

	@Test
	void disabledOrganizationRefusesAll() {
		Tenant disabled = this.api.tenant();
		this.api.send("DELETE", "/internal/v1/organizations/" + disabled.organization(), Api.ADMIN_KEY, null);
		Answer answer = submit(
				List.of(job(""), "{\"organization_id\":\"" + disabled.organization() + "\",\"type\":\"one_call\"}"));
		assertThat(answer.errorMessage())
			.isEqualTo("jobs[1].organization_id " + disabled.organization() + " is unknown or disabled");
	}

	private Answer submit(List<String> jobs) {
		return this.api.post("/internal/v1/jobs/batch", "{\"jobs\":[" + String.join(",", jobs) + "]}");
	}

	private String job(String members) {
		return "{\"organization_id\":\"" + this.tenant.organization() + "\",\"type\":\"auto_coding\"" + members + "}";
	}

}
