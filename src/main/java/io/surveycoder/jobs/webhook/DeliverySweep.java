package io.surveycoder.jobs.webhook;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Forgets deliveries after 7 days (contract §5), and those of a deleted webhook soon, a
 * thousand at a time. Any instance may do it, also several at once.
 */
@Component
class DeliverySweep {

	private static final Logger log = LoggerFactory.getLogger(DeliverySweep.class);

	private static final Duration KEPT = Duration.ofDays(7);

	private static final int AT_ONCE = 1000;

	/**
	 * One probe of the primary key for each webhook that has deliveries.
	 */
	private static final String WITH_OLD_ONES = """
			with recursive oldest as (
			  (select webhook_id, id from webhook_delivery order by webhook_id, id limit 1)
			  union all
			  select next.webhook_id, next.id
			  from oldest
			  cross join lateral (
			    select webhook_id, id from webhook_delivery where webhook_id > oldest.webhook_id
			    order by webhook_id, id
			    limit 1) next)
			select webhook_id from oldest
			where id < :horizon or not exists (select from webhook where id = oldest.webhook_id)
			""";

	private static final String FORGET = """
			delete from webhook_delivery
			where webhook_id = :webhook
			  and id = any (array(
			    select id from webhook_delivery
			    where webhook_id = :webhook
			      and (id < :horizon or not exists (select from webhook where id = :webhook))
			    order by id
			    limit :most
			    for update skip locked))
			""";

	private final JdbcClient jdbc;

	private final DeliveryMeters meters;

	DeliverySweep(JdbcClient jdbc, DeliveryMeters meters) {
		this.jdbc = jdbc;
		this.meters = meters;
	}

	@Scheduled(fixedDelay = 1, timeUnit = TimeUnit.MINUTES)
	void sweep() {
		try {
			forget();
			measure();
		}
		catch (DataAccessException ex) {
			log.warn("Old webhook deliveries not removed this time: {}", ex.getMostSpecificCause().getMessage());
		}
	}

	void forget() {
		String horizon = horizon();
		List<String> webhooks = this.jdbc.sql(WITH_OLD_ONES)
			.param("horizon", horizon)
			.query((row, _) -> row.getString("webhook_id"))
			.list();
		for (String webhook : webhooks) {
			int removed;
			do {
				removed = this.jdbc.sql(FORGET)
					.param("webhook", webhook)
					.param("horizon", horizon)
					.param("most", AT_ONCE)
					.update();
			}
			while (removed == AT_ONCE);
		}
	}

	private String horizon() {
		return this.jdbc.sql("select replace(job_id_at(now() - ? * interval '1 second'), 'job_', 'whd_')")
			.param(KEPT.toSeconds())
			.query(String.class)
			.single();
	}

	void measure() {
		this.jdbc.sql("""
				select count(*) as pending,
				       greatest(0, extract(epoch from now() - min(due_at) filter (where lease is null))) as oldest
				from (select due_at, lease from webhook_delivery where due_at is not null limit 100000) waiting
				""").query((row) -> {
			this.meters.measured(row.getLong("pending"), row.getDouble("oldest"));
		});
	}

}
