package io.surveycoder.jobs.webhook;

import java.util.stream.Collectors;

import io.surveycoder.jobs.testing.JobRows;
import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the senders' statements read of a long log and a long backlog: by generic plans,
 * with statistics that are right and with those of a time when all was waiting.
 */
@ServiceTest
class OutboxPlanDbTests {

	private final String organization = JobRows.organization();

	@Autowired
	JdbcClient jdbc;

	@Autowired
	TransactionTemplate transaction;

	private String webhook;

	@BeforeEach
	void fill() {
		this.jdbc.sql("delete from webhook_delivery").update();
		this.webhook = new WebhookRows(this.jdbc).insert(this.organization, "https://example.org/");
		this.jdbc.sql("""
				insert into webhook_delivery (webhook_id, id, organization_id, event, occurred_at, due_at)
				select ?, webhook_delivery_id(), ?, 'ping', now(), now() from generate_series(1, 40000)
				""").params(this.webhook, this.organization).update();
		this.jdbc.sql("analyze webhook_delivery").update();
	}

	@AfterEach
	void empty() {
		this.jdbc.sql("delete from webhook").update();
		this.jdbc.sql("truncate webhook_delivery").update();
	}

	@Test
	void nothingReadsTheWholeLog() {
		check("while all wait");
		// The statistics still say that all wait.
		this.jdbc.sql("""
				update webhook_delivery set status = 'succeeded', due_at = null
				where id <> (select max(id) from webhook_delivery)
				""").update();
		check("when all is done");
		this.jdbc.sql("analyze webhook_delivery").update();
		check("when all is done and known to be");
	}

	private void check(String when) {
		assertThat(plan(OutboxStatements.WAITING, "'', 500", "text, int")).as("look, " + when)
			.doesNotContain("Seq Scan on webhook_delivery");
		assertThat(plan(OutboxStatements.CLAIM, "30000, gen_random_uuid(), array['" + this.webhook + "'], array[64]",
				"bigint, uuid, text[], int[]"))
			.as("claim, " + when)
			.doesNotContain("Seq Scan on webhook_delivery")
			.contains("Tid Scan on webhook_delivery");
		assertThat(plan(OutboxStatements.RECORD, "array['" + this.webhook
				+ "'], array['whd_'], array[gen_random_uuid()], array[200], array[null]::text[], array[5], array[null]::bigint[]",
				"text[], text[], uuid[], int[], text[], int[], bigint[]"))
			.as("record, " + when)
			.doesNotContain("Seq Scan on webhook_delivery");
		assertThat(plan(OutboxStatements.POSTPONE,
				"array['" + this.webhook + "'], array['whd_'], array[gen_random_uuid()], array[5]::bigint[]",
				"text[], text[], uuid[], bigint[]"))
			.as("postpone, " + when)
			.doesNotContain("Seq Scan on webhook_delivery");
	}

	/**
	 * The generic plan of a statement.
	 */
	private String plan(String sql, String values, String types) {
		int[] number = { 0 };
		String numbered = java.util.regex.Pattern.compile("(?<!:):[a-z]+")
			.matcher(sql)
			.replaceAll((_) -> "\\$" + ++number[0]);
		return this.transaction.execute((transaction) -> {
			transaction.setRollbackOnly();
			this.jdbc.sql("set local plan_cache_mode = force_generic_plan").update();
			this.jdbc.sql("prepare look (" + types + ") as " + numbered).update();
			String plan = this.jdbc.sql("explain execute look (" + values + ")")
				.query(String.class)
				.list()
				.stream()
				.collect(Collectors.joining("\n"));
			this.jdbc.sql("deallocate look").update();
			return plan;
		});
	}

}
