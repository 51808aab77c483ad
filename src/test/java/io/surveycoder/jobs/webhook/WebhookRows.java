package io.surveycoder.jobs.webhook;

import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Rows of {@code webhook} and {@code webhook_delivery}, written and read past the
 * service.
 */
final class WebhookRows {

	private final JdbcClient jdbc;

	WebhookRows(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/**
	 * Writes a webhook for all events.
	 * @param columns names and SQL expressions in turn
	 * @return its id
	 */
	String insert(String organization, String url, String... columns) {
		String id = "wh_" + hex();
		Map<String, String> row = new LinkedHashMap<>();
		row.put("id", "'" + id + "'");
		row.put("organization_id", "'" + organization + "'");
		row.put("slot", "(select count(*) + 1 from webhook where organization_id = '" + organization + "')");
		row.put("url", "'" + url + "'");
		row.put("events", "array['*']");
		row.put("secret", "''");
		return write("webhook", row, columns);
	}

	/**
	 * Writes a delivery of a completed job that is due now, unless the columns say
	 * otherwise.
	 * @param columns names and SQL expressions in turn
	 * @return its id
	 */
	String deliver(String webhook, String... columns) {
		Map<String, String> row = new LinkedHashMap<>();
		String id = this.jdbc.sql("select webhook_delivery_id()").query(String.class).single();
		row.put("id", "'" + id + "'");
		row.put("webhook_id", "'" + webhook + "'");
		row.put("organization_id", "(select organization_id from webhook where id = '" + webhook + "')");
		row.put("event", "'job.completed'");
		row.put("job_id", "'job_" + hex() + "'");
		row.put("processed", "7");
		row.put("occurred_at", "now()");
		row.put("due_at", "now()");
		return write("webhook_delivery", row, columns);
	}

	/**
	 * What an SQL expression says of each delivery of an organization, oldest first.
	 */
	List<String> deliveries(String organization, String expression) {
		return this.jdbc
			.sql("select (" + expression + ")::text from webhook_delivery where organization_id = ? order by id")
			.param(organization)
			.query(String.class)
			.list();
	}

	/**
	 * What an SQL expression says of a delivery.
	 */
	String delivery(String id, String expression) {
		return this.jdbc.sql("select (" + expression + ")::text from webhook_delivery where id = ?")
			.param(id)
			.query(String.class)
			.single();
	}

	/**
	 * Writes into a delivery.
	 * @param assignments what follows {@code set}
	 */
	void set(String delivery, String assignments) {
		this.jdbc.sql("update webhook_delivery set " + assignments + " where id = ?").param(delivery).update();
	}

	private String write(String table, Map<String, String> row, String... columns) {
		for (int i = 0; i < columns.length; i += 2) {
			row.put(columns[i], columns[i + 1]);
		}
		return this.jdbc
			.sql("insert into %s (%s) values (%s) returning id".formatted(table, String.join(", ", row.keySet()),
					String.join(", ", row.values())))
			.query(String.class)
			.single();
	}

	private static String hex() {
		byte[] random = new byte[12];
		ThreadLocalRandom.current().nextBytes(random);
		return HexFormat.of().formatHex(random);
	}

}
