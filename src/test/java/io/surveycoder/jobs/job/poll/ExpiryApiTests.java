package io.surveycoder.jobs.job.poll;

import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.testing.Answer;
import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.Api.Tenant;
import io.surveycoder.jobs.testing.JobRows;
import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Contract §1, expiry; nothing is dropped meanwhile.
 */
@ServiceTest
class ExpiryApiTests {

	@Autowired
	Api api;

	@Autowired
	JobRows rows;

	@ParameterizedTest
	@CsvSource({ "24 hours 1 minute,23 hours 59 minutes", "24 hours,23 hours 59 minutes 50 seconds" })
	void expiredJobIsGoneFromBothEndpointsBeforeAnyDrop(String expiredAge, String livingAge) {
		Tenant tenant = this.api.tenant();
		for (String[] state : new String[][] { {}, { "status", "'completed'", "result", "'{}'" },
				{ "status", "'failed'", "error_code", "'E'", "error_message", "'m'" },
				{ "status", "'processing'", "attempt", "1", "lease_token", "gen_random_uuid()", "lease_seconds", "60",
						"lease_expires_at", "now()" } }) {
			JobId expired = this.rows.insertAged(tenant.organization(), expiredAge, state);
			JobId living = this.rows.insertAged(tenant.organization(), livingAge, state);
			String status = (state.length > 0) ? state[1].replace("'", "") : "queued";
			Answer gone = this.api.get("/v2/jobs/" + expired, tenant.key());
			assertThat(gone.status()).isEqualTo(404);
			assertThat(gone.errorMessage()).isEqualTo("Job not found");
			assertThat(this.api.get("/v2/jobs/" + living, tenant.key()).status()).isEqualTo(200);
			assertThat(this.api.get("/v2/jobs", tenant.key()).body()).contains(living.value())
				.doesNotContain(expired.value());
			assertThat(this.api.get("/v2/jobs?status=" + status, tenant.key()).body()).contains(living.value())
				.doesNotContain(expired.value());
			assertThat(this.rows.row(expired)).isNotEmpty();
		}
	}

	@Test
	void listsReachAcrossPartitions() {
		Tenant tenant = this.api.tenant();
		JobId old = this.rows.insertAged(tenant.organization(), "23 hours");
		JobId young = this.rows.insert(tenant.organization());
		assertThat(this.api.get("/v2/jobs", tenant.key()).data().findValuesAsString("id"))
			.containsExactly(young.value(), old.value());
	}

}
