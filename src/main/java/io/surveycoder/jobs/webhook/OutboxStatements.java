package io.surveycoder.jobs.webhook;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * How senders take deliveries from the outbox and say what became of them. Any number of
 * instances may do so at once.
 */
@Repository
class OutboxStatements {

	/**
	 * One probe of the index for each webhook that waits for something, due or not:
	 * however long the backlog of one is, the others are found behind it.
	 */
	static final String WAITING = """
			with recursive waiting as (
			  (select webhook_id, due_at from webhook_delivery
			   where due_at is not null and webhook_id > :after
			   order by webhook_id, due_at
			   limit 1)
			  union all
			  select next.webhook_id, next.due_at
			  from waiting
			  cross join lateral (
			    select webhook_id, due_at from webhook_delivery
			    where due_at is not null and webhook_id > waiting.webhook_id
			    order by webhook_id, due_at
			    limit 1) next)
			select waiting.webhook_id, waiting.due_at <= now() as due, webhook.organization_id
			from (select * from waiting limit :most) waiting
			left join webhook on webhook.id = waiting.webhook_id and webhook.active
			order by waiting.webhook_id
			""";

	/**
	 * What was picked is found again by its place, since a join might be planned to read
	 * the whole log. A row that moved in between is claimed with the next look.
	 */
	static final String CLAIM = """
			update webhook_delivery delivery
			set due_at = now() + :lease * interval '1 millisecond', lease = :token
			from webhook
			where webhook.id = delivery.webhook_id
			  and delivery.ctid = any (array(
			    select picked.place
			    from unnest(:webhooks::text[], :rooms::int[]) as wanted (webhook_id, room)
			    cross join lateral (
			      select ctid as place from webhook_delivery
			      where webhook_id = wanted.webhook_id and due_at <= now()
			      order by webhook_id, due_at
			      limit wanted.room
			      for update skip locked) picked))
			returning delivery.*, now() as claimed_at, webhook.url, webhook.secret
			""";

	/**
	 * Only what the lease still holds: a delivery that was taken over by another instance
	 * or asked for anew is not this attempt's any more.
	 */
	static final String RECORD = """
			with result as materialized (
			  select * from unnest(:webhooks::text[], :ids::text[], :leases::uuid[], :statuses::int[], :errors::text[],
			                       :durations::int[], :delays::bigint[])
			    as result (webhook_id, id, lease, status, error, duration, delay))
			update webhook_delivery delivery
			set attempt = delivery.attempt + 1, lease = null,
			    due_at = case when result.error is not null then now() + result.delay * interval '1 millisecond' end,
			    status = case when result.error is null then 'succeeded' when result.delay is null then 'failed'
			                  else 'pending' end,
			    attempts = delivery.attempts || jsonb_build_object('attempt', delivery.attempt + 1,
			      'at', floor(extract(epoch from now()) * 1000)::bigint - result.duration, 'status', result.status,
			      'error', result.error, 'duration', result.duration)
			from result
			where delivery.webhook_id = result.webhook_id and delivery.id = result.id and delivery.lease = result.lease
			""";

	/**
	 * Gives back what the lease still holds.
	 */
	static final String POSTPONE = """
			with rest as materialized (
			  select * from unnest(:webhooks::text[], :ids::text[], :leases::uuid[], :rests::bigint[])
			    as rest (webhook_id, id, lease, rest))
			update webhook_delivery delivery
			set lease = null, due_at = now() + rest.rest * interval '1 millisecond'
			from rest
			where delivery.webhook_id = rest.webhook_id and delivery.id = rest.id and delivery.lease = rest.lease
			""";

	private final JdbcClient jdbc;

	OutboxStatements(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/**
	 * Webhooks for which something waits to be sent, now or later, in the order of their
	 * ids.
	 * @param after only those whose id comes later
	 * @param most how many at most
	 */
	List<Waiting> waiting(String after, int most) {
		return this.jdbc.sql(WAITING)
			.param("after", after)
			.param("most", most)
			.query((row, _) -> new Waiting(row.getString("webhook_id"), row.getBoolean("due"),
					row.getString("organization_id")))
			.list();
	}

	/**
	 * Leases deliveries that are due; those that others are just taking are passed over.
	 * @param rooms how many of each webhook at most
	 * @param lease after which they are due again, should nothing be recorded
	 */
	List<ClaimedDelivery> claim(List<String> webhooks, List<Integer> rooms, Duration lease) {
		return this.jdbc.sql(CLAIM)
			.param("webhooks", webhooks.toArray(String[]::new))
			.param("rooms", rooms.toArray(Integer[]::new))
			.param("lease", lease.toMillis())
			.param("token", UUID.randomUUID())
			.query(ClaimedDelivery::of)
			.list();
	}

	/**
	 * Records attempts, and when the next one comes.
	 */
	void record(List<Recorded> results) {
		this.jdbc.sql(RECORD)
			.param("webhooks", texts(results, (one) -> one.delivery.webhookId()))
			.param("ids", texts(results, (one) -> one.delivery.id()))
			.param("leases", results.stream().map((one) -> one.delivery.lease()).toArray(UUID[]::new))
			.param("statuses", results.stream().map((one) -> one.result.status()).toArray(Integer[]::new))
			.param("errors", results.stream().map((one) -> one.result.error()).toArray(String[]::new))
			.param("durations",
					results.stream().map((one) -> (int) one.result.duration().toMillis()).toArray(Integer[]::new))
			.param("delays",
					results.stream()
						.map((one) -> Attempts.delayAfter(one.delivery.attempt()).map(Duration::toMillis).orElse(null))
						.toArray(Long[]::new))
			.update();
	}

	/**
	 * Puts off what was claimed and could not be attempted. No attempt is counted.
	 */
	void postpone(List<Postponed> deliveries) {
		this.jdbc.sql(POSTPONE)
			.param("webhooks", texts(deliveries, (one) -> one.delivery.webhookId()))
			.param("ids", texts(deliveries, (one) -> one.delivery.id()))
			.param("leases", deliveries.stream().map((one) -> one.delivery.lease()).toArray(UUID[]::new))
			.param("rests", deliveries.stream().map((one) -> one.rest.toMillis()).toArray(Long[]::new))
			.update();
	}

	private static <T> String[] texts(List<T> results, Function<T, String> value) {
		return results.stream().map(value).toArray(String[]::new);
	}

	/**
	 * A webhook for which something waits.
	 *
	 * @param due whether any of it is to be sent now
	 * @param organizationId null when the webhook was deleted or is not active
	 */
	record Waiting(String webhookId, boolean due, @Nullable String organizationId) {
	}

	/**
	 * An attempt and what became of it.
	 */
	record Recorded(ClaimedDelivery delivery, AttemptResult result) {
	}

	/**
	 * What was not attempted.
	 *
	 * @param rest after which it is due again
	 */
	record Postponed(ClaimedDelivery delivery, Duration rest) {
	}

}
