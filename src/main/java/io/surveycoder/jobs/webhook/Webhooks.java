package io.surveycoder.jobs.webhook;

import java.util.List;
import java.util.Optional;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The webhooks of organizations; each call names one.
 */
@Repository
class Webhooks {

	/**
	 * How many an organization may have (contract §5).
	 */
	static final int MOST = 20;

	private static final String COLUMNS = "id, url, events, active, created_at";

	private final JdbcClient jdbc;

	Webhooks(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/**
	 * Adds one, in a slot that is free.
	 * @return empty when there are {@value #MOST}
	 */
	Optional<Webhook> add(String id, String organizationId, String url, String[] events, byte[] secret) {
		// Who loses a slot to another takes the next; no more than there are slots.
		for (int attempt = 0; attempt < MOST; attempt++) {
			Optional<Webhook> added = this.jdbc
				.sql("""
						insert into webhook (id, organization_id, slot, url, events, secret)
						select :id, :organization, slot, :url, :events, :secret
						from generate_series(1, :most) slot
						where not exists (select from webhook w where w.organization_id = :organization and w.slot = slot.slot)
						order by slot
						limit 1
						on conflict on constraint webhook_slot do nothing
						returning\s"""
						+ COLUMNS)
				.param("id", id)
				.param("organization", organizationId)
				.param("most", MOST)
				.param("url", url)
				.param("events", events)
				.param("secret", secret)
				.query(Webhook::of)
				.optional();
			if (added.isPresent() || count(organizationId) >= MOST) {
				return added;
			}
		}
		return Optional.empty();
	}

	private int count(String organizationId) {
		return this.jdbc.sql("select count(*) from webhook where organization_id = ?")
			.param(organizationId)
			.query(Integer.class)
			.single();
	}

	List<Webhook> ofOrganization(String organizationId) {
		return this.jdbc.sql("select " + COLUMNS + " from webhook where organization_id = ? order by created_at, id")
			.param(organizationId)
			.query(Webhook::of)
			.list();
	}

	Optional<Webhook> withId(String organizationId, String id) {
		if (!WebhookIds.isWebhook(id)) {
			return Optional.empty();
		}
		return this.jdbc.sql("select " + COLUMNS + " from webhook where organization_id = ? and id = ?")
			.params(organizationId, id)
			.query(Webhook::of)
			.optional();
	}

	/**
	 * Removes one. What is still to be sent to it is not sent any more, and its log goes
	 * with the next sweeps.
	 * @return whether there was one
	 */
	boolean remove(String organizationId, String id) {
		return WebhookIds.isWebhook(id) && this.jdbc.sql("delete from webhook where organization_id = ? and id = ?")
			.params(organizationId, id)
			.update() == 1;
	}

}
