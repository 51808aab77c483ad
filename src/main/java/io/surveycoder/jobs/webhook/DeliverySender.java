package io.surveycoder.jobs.webhook;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.surveycoder.jobs.job.SharedCalls;
import io.surveycoder.jobs.webhook.HostNames.NotLookedUpException;
import io.surveycoder.jobs.webhook.OutboxStatements.Postponed;
import io.surveycoder.jobs.webhook.OutboxStatements.Recorded;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

import org.springframework.stereotype.Component;

/**
 * Makes one attempt of a delivery and records it, together with those that end at the
 * same time. What is not recorded is attempted again when its lease runs out.
 */
@Component
class DeliverySender {

	private static final Logger log = LoggerFactory.getLogger(DeliverySender.class);

	private static final int MOST_RECORDED_AT_ONCE = 200;

	private static final Duration REST_WITHOUT_KEY = Duration.ofMinutes(5);

	private static final long TOLD_EACH_NANOS = TimeUnit.MINUTES.toNanos(1);

	private final AtomicLong lastTold = new AtomicLong();

	private final SecretSeal seal;

	private final Receivers receivers;

	private final DeliveryMeters meters;

	private final SharedCalls<Recorded, Boolean> records;

	private final SharedCalls<Postponed, Boolean> postponements;

	DeliverySender(SecretSeal seal, Receivers receivers, OutboxStatements statements, DeliveryMeters meters) {
		this.seal = seal;
		this.receivers = receivers;
		this.meters = meters;
		this.records = new SharedCalls<>(2, MOST_RECORDED_AT_ONCE, (results) -> {
			statements.record(results);
			return List.copyOf(results.stream().map((_) -> true).toList());
		});
		this.postponements = new SharedCalls<>(1, MOST_RECORDED_AT_ONCE, (deliveries) -> {
			statements.postpone(deliveries);
			return List.copyOf(deliveries.stream().map((_) -> true).toList());
		});
	}

	/**
	 * Blocks until it is recorded, or put off where there is a limit of ours in its way.
	 * @return what became of it; empty when nothing was attempted
	 * @throws org.springframework.dao.DataAccessException when it could not be
	 */
	Optional<AttemptResult> send(ClaimedDelivery delivery) {
		Optional<WebhookSecret> secret = this.seal.open(delivery.sealedSecret(), delivery.webhookId());
		if (secret.isEmpty()) {
			// No attempt: it is the operator's to mend, and the receiver shall still be
			// told.
			if (isTimeToTell()) {
				log.error(
						"Delivery {} and maybe others wait: the secret of the webhook is encrypted with a key that is "
								+ "neither jobs.webhooks.encryption-key nor among "
								+ "jobs.webhooks.previous-encryption-keys",
						delivery);
			}
			this.postponements.answer(new Postponed(delivery, REST_WITHOUT_KEY));
			return Optional.empty();
		}
		byte[] body = delivery.body().bytes();
		AttemptResult result;
		try {
			result = this.receivers.post(WebhookUrl.stored(delivery.url()), headers(delivery, secret.get(), body),
					body);
		}
		catch (NotLookedUpException ex) {
			this.postponements.answer(new Postponed(delivery, ex.rest()));
			log.debug("Not attempted, again in {}: {}", ex.rest(), delivery);
			return Optional.empty();
		}
		this.records.answer(new Recorded(delivery, result));
		this.meters.attempted(delivery.attempt(), result);
		log.debug("Attempt {} of {}: {}", delivery.attempt(), delivery, result);
		return Optional.of(result);
	}

	// Each delivery comes back every few minutes.
	private boolean isTimeToTell() {
		long last = this.lastTold.get();
		long now = System.nanoTime();
		return (last == 0 || now - last > TOLD_EACH_NANOS) && this.lastTold.compareAndSet(last, now);
	}

	private static Map<String, String> headers(ClaimedDelivery delivery, WebhookSecret secret, byte[] body) {
		// The database's clock, as of a moment ago: one that is wrong here would make
		// every receiver refuse.
		long timestamp = delivery.claimedAt().getEpochSecond();
		Map<String, String> headers = new LinkedHashMap<>();
		headers.put("X-Event", delivery.body().event());
		headers.put("X-Attempt", Integer.toString(delivery.attempt()));
		headers.put("X-Signature", secret.signature(body));
		headers.put("webhook-id", delivery.id());
		headers.put("webhook-timestamp", Long.toString(timestamp));
		headers.put("webhook-signature", secret.standardSignature(delivery.id(), timestamp, body));
		return headers;
	}

}
