package io.surveycoder.jobs.webhook;

import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The log of a webhook, and what its owner may ask for. Who calls has seen to it that the
 * webhook is the caller's.
 */
@Repository
class Deliveries {

	private final JdbcClient jdbc;

	Deliveries(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/**
	 * Deliveries of a webhook, newest first.
	 * @param before only those that are older than this one; null: from the newest on
	 */
	List<Delivery> newest(String webhookId, @Nullable String before, int limit) {
		return this.jdbc.sql("select " + Delivery.COLUMNS + """
				 from webhook_delivery
				where webhook_id = ? and id < ?
				order by id desc
				limit ?
				""").params(webhookId, (before != null) ? before : "whd_g", limit).query(Delivery::of).list();
	}

	/**
	 * Writes a ping, to be sent like everything else.
	 */
	Delivery ping(String organizationId, String webhookId) {
		return this.jdbc.sql("""
				insert into webhook_delivery (webhook_id, id, organization_id, event, occurred_at, due_at)
				values (?, webhook_delivery_id(), ?, ?, date_trunc('milliseconds', now()), now())
				returning\s""" + Delivery.COLUMNS)
			.params(webhookId, organizationId, DeliveryBody.PING)
			.query(Delivery::of)
			.single();
	}

	/**
	 * Begins a fresh round of attempts at once, whatever became of the last. An attempt
	 * that is under way is not stopped, and does not count any more.
	 * @return empty when there is no such delivery
	 */
	Optional<Delivery> redeliver(String webhookId, String id) {
		if (!WebhookIds.isDelivery(id)) {
			return Optional.empty();
		}
		return this.jdbc.sql("""
				update webhook_delivery
				set status = 'pending', due_at = now(), attempt = 0, lease = null,
				    attempts = jsonb_path_query_array(attempts, '$[last - 5 to last]')
				where webhook_id = ? and id = ?
				returning\s""" + Delivery.COLUMNS).params(webhookId, id).query(Delivery::of).optional();
	}

}
