package io.surveycoder.jobs.job.poll;

import java.util.Comparator;
import java.util.List;

import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.testing.Answer;
import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.Api.Tenant;
import io.surveycoder.jobs.testing.ErrorEnvelope;
import io.surveycoder.jobs.testing.JobRows;
import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code GET /v2/jobs} (contract §1); what its parameters may be is
 * {@link ListRequestTests}' subject.
 */
@ServiceTest
class JobListApiTests {

	@Autowired
	Api api;

	@Autowired
	JobRows rows;

	Tenant tenant;

	@BeforeEach
	void makeATenant() {
		this.tenant = this.api.tenant();
	}

	@Test
	void listOfNothingIsAList() {
		assertThat(list("").body())
			.isEqualTo("{\"success\":true,\"data\":[],\"meta\":{\"api_version\":\"v1\",\"count\":0}}");
	}

	@Test
	void itemsHaveNoOutcomeWhateverTheirStatus() {
		oneInEachStatus();
		Answer answer = list("");
		assertThat(answer.status()).isEqualTo(200);
		assertThat(ErrorEnvelope.members(answer.json())).containsExactly("data", "meta", "success");
		assertThat(answer.json().get("meta").toString()).isEqualTo("{\"api_version\":\"v1\",\"count\":4}");
		assertThat(answer.data()).hasSize(4);
		for (JsonNode item : answer.data()) {
			assertThat(ErrorEnvelope.members(item)).containsExactly("created_at", "id", "progress", "status", "type",
					"updated_at");
			assertThat(ErrorEnvelope.members(item.get("progress"))).containsExactly("percentage", "processed", "total");
		}
	}

	@ParameterizedTest
	@CsvSource({ "'', 20", "?limit=1, 1", "?limit=25, 25", "?limit=100, 25", "?other=1&Limit=abc&limit=2, 2",
			"?status=queued&limit=3, 3", "?%6Cimit=4, 4" })
	void limitBoundsTheList(String query, int count) {
		this.rows.insertMany(this.tenant.organization(), 25);
		Answer answer = list(query);
		assertThat(answer.data()).hasSize(count);
		assertThat(answer.json().at("/meta/count").intValue()).isEqualTo(count);
	}

	@Test
	void aHundredIsTheMost() {
		this.rows.insertMany(this.tenant.organization(), 101);
		assertThat(list("?limit=100").data()).hasSize(100);
	}

	@Test
	void newestComeFirstAndThoseOfOneMillisecondById() {
		JobId old = this.rows.insertAged(this.tenant.organization(), "1 hour");
		this.rows.insertMany(this.tenant.organization(), 5);
		List<String> ids = list("").data().findValuesAsString("id");
		assertThat(ids).hasSize(6).isSortedAccordingTo(Comparator.reverseOrder()).endsWith(old.value());
		assertThat(ids.subList(0, 5)).extracting((id) -> new JobId(id).createdAt())
			.containsOnly(new JobId(ids.getFirst()).createdAt());
		assertThat(list("").body()).isEqualTo(list("?limit=100").body());
		assertThat(list("?limit=2").data().findValuesAsString("id")).isEqualTo(ids.subList(0, 2));
	}

	@ParameterizedTest
	@ValueSource(strings = { "queued", "processing", "completed", "failed" })
	void statusFilters(String status) {
		oneInEachStatus();
		assertThat(list("?status=" + status).data().findValuesAsString("status")).containsExactly(status);
	}

	@Test
	void jobsOfAnotherOrganizationAreNotThere() {
		this.rows.insert(this.api.tenant().organization());
		assertThat(list("").data()).isEmpty();
		assertThat(list("?status=queued").data()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "?limit", "?limit=", "?limit=0", "?limit=101", "?limit=abc", "?limit=1e2", "?limit=+5",
			"?limit=5&limit=5", "?limit=5&limit=", "?limit=%35%00" })
	void badLimitIsNamed(String query) {
		assertThat(ErrorEnvelope.check(list(query), 422, "VALIDATION_ERROR")).startsWith("limit must be ");
	}

	@ParameterizedTest
	@ValueSource(strings = { "?status", "?status=", "?status=QUEUED", "?status=done", "?status=queued&status=failed",
			"?status=queued,failed", "?status=queued%20" })
	void badStatusIsNamed(String query) {
		assertThat(ErrorEnvelope.check(list(query), 422, "VALIDATION_ERROR")).startsWith("status must be ");
	}

	private void oneInEachStatus() {
		String organization = this.tenant.organization();
		this.rows.insert(organization);
		this.rows.insert(organization, "status", "'processing'", "attempt", "1", "lease_token", "gen_random_uuid()",
				"lease_seconds", "60", "lease_expires_at", "now()");
		this.rows.insert(organization, "status", "'completed'", "result", "'{}'");
		this.rows.insert(organization, "status", "'failed'", "error_code", "'E'", "error_message", "'m'");
	}

	private Answer list(String query) {
		return this.api.get("/v2/jobs" + query, this.tenant.key());
	}

}
