package io.surveycoder.jobs.webhook;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.UUID;

/**
 * A delivery that this instance, and no other, is about to attempt.
 *
 * @param lease which proves it
 * @param attempt 1 to 4: counted when its result is recorded, so that a crash uses none
 * up
 * @param claimedAt by the database's clock
 * @param sealedSecret the webhook's
 */
record ClaimedDelivery(String webhookId, String id, UUID lease, int attempt, Instant claimedAt, String url,
		byte[] sealedSecret, DeliveryBody body) {

	static ClaimedDelivery of(ResultSet row, int number) throws SQLException {
		DeliveryBody body = new DeliveryBody(row.getString("event"), row.getString("job_id"),
				instant(row, "occurred_at"), row.getObject("processed", Integer.class), row.getString("error_code"),
				row.getString("error_message"), row.getString("metadata"));
		return new ClaimedDelivery(row.getString("webhook_id"), row.getString("id"), row.getObject("lease", UUID.class),
				row.getInt("attempt") + 1, instant(row, "claimed_at"), row.getString("url"), row.getBytes("secret"),
				body);
	}

	private static Instant instant(ResultSet row, String column) throws SQLException {
		return row.getObject(column, OffsetDateTime.class).toInstant();
	}

	@Override
	public String toString() {
		return this.id + " to " + this.webhookId;
	}

}
