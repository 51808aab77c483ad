package io.surveycoder.jobs.webhook;

import java.util.List;
import java.util.Map;

import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.testing.JobRows;
import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The trigger that writes deliveries, whoever finishes the job.
 */
@ServiceTest
class OutboxDbTests {

	private static final String PROCESSING = "status,'processing',lease_token,gen_random_uuid(),lease_seconds,60,"
			+ "lease_expires_at,now() + interval '1 minute',total,7,attempt,1";

	private static final String COMPLETE = "status = 'completed', processed = total, result = '{}', lease_expires_at = null";

	private static final String FAIL = "status = 'failed', error_code = 'E', error_message = 'm', lease_expires_at = null";

	private final String organization = JobRows.organization();

	@Autowired
	JdbcClient jdbc;

	@Autowired
	JobRows jobs;

	@Autowired
	TransactionTemplate transaction;

	private WebhookRows webhooks;

	@BeforeEach
	void makeRows() {
		this.webhooks = new WebhookRows(this.jdbc);
	}

	// A service that another test starts would send what is left.
	@AfterEach
	void removeWebhooks() {
		this.jdbc.sql("delete from webhook").update();
	}

	@Test
	void completedJobHasOneDeliveryWithAllThatItsBodyNeeds() {
		String webhook = this.webhooks.insert(this.organization, "https://example.org/");
		JobId job = processing("metadata", "'{\"b\":\"1\",\"a\":\"2\"}'");
		this.jobs.set(job, COMPLETE + ", updated_at = '2026-05-01 12:34:56.789Z'");
		Map<String, Object> row = this.jdbc.sql("""
				select webhook_id, event, job_id, status, attempt, processed, metadata::text, error_code, lease,
				       occurred_at = '2026-05-01 12:34:56.789Z' as at_the_jobs_time, due_at <= now() as due,
				       id >= replace(job_id_at(now() - interval '1 minute'), 'job', 'whd') as timely
				from webhook_delivery where organization_id = ?
				""").param(this.organization).query().singleRow();
		assertThat(row).containsEntry("webhook_id", webhook)
			.containsEntry("event", "job.completed")
			.containsEntry("job_id", job.value())
			.containsEntry("status", "pending")
			.containsEntry("attempt", 0)
			.containsEntry("processed", 7)
			.containsEntry("metadata", "{\"b\":\"1\",\"a\":\"2\"}")
			.containsEntry("error_code", null)
			.containsEntry("lease", null)
			.containsEntry("at_the_jobs_time", true)
			.containsEntry("due", true)
			.containsEntry("timely", true);
	}

	@Test
	void failedJobHasOneDeliveryWithItsError() {
		this.webhooks.insert(this.organization, "https://example.org/");
		this.jobs.set(processing(), FAIL);
		assertThat(events("event || ' ' || error_code || ' ' || error_message")).containsExactly("job.failed E m");
	}

	@Test
	void jobThatIsQueuedAgainOrGoesOnHasNone() {
		this.webhooks.insert(this.organization, "https://example.org/");
		JobId job = processing();
		this.jobs.set(job, "processed = 3");
		this.jobs.set(job, "status = 'queued', error_code = 'E', error_message = 'm', lease_expires_at = null");
		assertThat(events("event")).isEmpty();
	}

	@Test
	void finishedJobThatIsWrittenAgainHasNoSecondDelivery() {
		this.webhooks.insert(this.organization, "https://example.org/");
		JobId job = processing();
		this.jobs.set(job, COMPLETE);
		this.jobs.set(job, "status = 'completed', updated_at = now()");
		assertThat(events("event")).hasSize(1);
	}

	@ParameterizedTest
	@CsvSource({ "job.completed, 1, 0", "job.failed, 0, 1", "*, 1, 1" })
	void onlyWantedEventsAreDelivered(String wanted, int completed, int failed) {
		this.webhooks.insert(this.organization, "https://example.org/", "events", "array['" + wanted + "']");
		this.jobs.set(processing(), COMPLETE);
		assertThat(events("event")).hasSize(completed);
		this.jobs.set(processing(), FAIL);
		assertThat(events("event")).hasSize(completed + failed);
	}

	@Test
	void everyWebhookOfTheOrganizationHasItsOwnAndNoOthers() {
		String one = this.webhooks.insert(this.organization, "https://example.org/1");
		String other = this.webhooks.insert(this.organization, "https://example.org/2");
		this.webhooks.insert(this.organization, "https://example.org/3", "active", "false");
		String stranger = JobRows.organization();
		this.webhooks.insert(stranger, "https://example.org/");
		this.jobs.set(processing(), COMPLETE);
		assertThat(events("webhook_id")).containsExactlyInAnyOrder(one, other);
		assertThat(events("id")).doesNotHaveDuplicates();
		assertThat(this.webhooks.deliveries(stranger, "id")).isEmpty();
	}

	@Test
	void deliveryIsRolledBackWithItsTransaction() {
		this.webhooks.insert(this.organization, "https://example.org/");
		JobId job = processing();
		this.transaction.executeWithoutResult((transaction) -> {
			this.jobs.set(job, COMPLETE);
			assertThat(events("event")).hasSize(1);
			transaction.setRollbackOnly();
		});
		assertThat(events("event")).isEmpty();
		assertThat(this.jobs.value(job, "status", String.class)).isEqualTo("processing");
	}

	@Test
	void jobsInPartitionsMadeLaterHaveThemToo() {
		this.webhooks.insert(this.organization, "https://example.org/");
		JobId job = this.jobs.insertAged(this.organization, "29 hours", PROCESSING.split(","));
		this.jobs.set(job, COMPLETE);
		assertThat(events("event")).hasSize(1);
	}

	@Test
	void jobsOfSeveralOrganizationsAndStatesInOneStatementHaveTheirOwn() {
		this.webhooks.insert(this.organization, "https://example.org/");
		String other = JobRows.organization();
		this.webhooks.insert(other, "https://example.org/");
		String without = JobRows.organization();
		JobId finished = processing();
		this.jobs.set(finished, COMPLETE);
		for (String one : List.of(this.organization, other, without)) {
			this.jobs.insert(one, PROCESSING.split(","));
		}
		this.jobs.insert(this.organization);
		this.jdbc
			.sql("update job set "
					+ COMPLETE.replace("'completed'", "case status when 'queued' then 'queued' else 'completed' end")
						.replace("'{}'", "case when status <> 'queued' then '{}'::json end")
					+ " where organization_id = any (?)")
			.param(new String[] { this.organization, other, without })
			.update();
		assertThat(events("event")).hasSize(2);
		assertThat(this.webhooks.deliveries(other, "event")).containsExactly("job.completed");
		assertThat(this.webhooks.deliveries(without, "event")).isEmpty();
	}

	@Test
	void manyJobsOfOneStatementHaveOneEach() {
		this.webhooks.insert(this.organization, "https://example.org/");
		this.jobs.insertMany(this.organization, 500, PROCESSING.split(","));
		this.jdbc.sql("update job set " + COMPLETE + " where organization_id = ?").param(this.organization).update();
		assertThat(this.jdbc.sql("""
				select count(*) from webhook_delivery
				where organization_id = ? and job_id in (select id from job where organization_id = ?)
				""").params(this.organization, this.organization).query(Integer.class).single()).isEqualTo(500);
		assertThat(events("id")).doesNotHaveDuplicates();
	}

	private JobId processing(String... columns) {
		String[] all = java.util.stream.Stream
			.concat(java.util.Arrays.stream(PROCESSING.split(",")), java.util.Arrays.stream(columns))
			.toArray(String[]::new);
		return this.jobs.insert(this.organization, all);
	}

	private List<String> events(String expression) {
		return this.webhooks.deliveries(this.organization, expression);
	}

}
