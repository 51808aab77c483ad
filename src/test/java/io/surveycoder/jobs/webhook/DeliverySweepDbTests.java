package io.surveycoder.jobs.webhook;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.surveycoder.jobs.testing.JobRows;
import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

@ServiceTest
class DeliverySweepDbTests {

	private final String organization = JobRows.organization();

	private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

	@Autowired
	JdbcClient jdbc;

	private WebhookRows rows;

	private DeliverySweep sweep;

	@BeforeEach
	void prepare() {
		this.jdbc.sql("delete from webhook_delivery").update();
		this.rows = new WebhookRows(this.jdbc);
		this.sweep = new DeliverySweep(this.jdbc, new DeliveryMeters(this.meters));
	}

	// A service that another test starts would send what is left.
	@AfterEach
	void removeWebhooks() {
		this.jdbc.sql("delete from webhook").update();
	}

	@Test
	void deliveriesAreForgottenAfterSevenDaysWhateverBecameOfThem() {
		String webhook = this.rows.insert(this.organization, "https://example.org/");
		String other = this.rows.insert(this.organization, "https://example.org/");
		deliver(webhook, "7 days 1 minute");
		deliver(other, "7 days 1 minute");
		String kept = deliver(webhook, "6 days 23:59");
		this.sweep.forget();
		assertThat(this.rows.deliveries(this.organization, "id")).containsExactly(kept);
	}

	@Test
	void moreThanOneLotIsForgotten() {
		String webhook = this.rows.insert(this.organization, "https://example.org/");
		this.jdbc
			.sql("""
					insert into webhook_delivery (webhook_id, id, organization_id, event, occurred_at, due_at)
					select ?, replace(job_id_at(now() - interval '8 days'), 'job_', 'whd_') || lpad(to_hex(n), 12, '0'), ?, 'ping',
					       now(), now()
					from generate_series(1, 2500) n
					""")
			.params(webhook, this.organization)
			.update();
		this.sweep.forget();
		assertThat(this.rows.deliveries(this.organization, "id")).isEmpty();
	}

	@Test
	void deliveriesOfADeletedWebhookAreForgottenAtOnce() {
		String webhook = this.rows.insert(this.organization, "https://example.org/");
		deliver(webhook, "0");
		String kept = deliver(this.rows.insert(this.organization, "https://example.org/"), "0");
		this.jdbc.sql("delete from webhook where id = ?").param(webhook).update();
		this.sweep.forget();
		assertThat(this.rows.deliveries(this.organization, "id")).containsExactly(kept);
	}

	@Test
	void whatWaitsIsMeasured() {
		String webhook = this.rows.insert(this.organization, "https://example.org/");
		this.rows.deliver(webhook, "due_at", "now() - interval '90 s'");
		this.rows.deliver(webhook, "due_at", "now() + interval '90 s'");
		this.rows.deliver(webhook, "due_at", "null", "status", "'failed'");
		this.sweep.measure();
		assertThat(this.meters.get("jobs.webhooks.pending").gauge().value()).isEqualTo(2);
		assertThat(this.meters.get("jobs.webhooks.oldest.due").gauge().value()).isBetween(90.0, 150.0);
	}

	private String deliver(String webhook, String age) {
		return this.rows.deliver(webhook, "id", "replace(job_id_at(now() - interval '" + age
				+ "'), 'job_', 'whd_') || substr(webhook_delivery_id(), 17)");
	}

}
