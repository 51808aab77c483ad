package io.surveycoder.jobs.webhook;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Ids of webhooks, {@code wh_} and 24 random hex digits, and of deliveries, {@code whd_}
 * and 24 that the database makes: the instant in milliseconds in twelve, then twelve
 * random ones, so that their order is that of time.
 */
final class WebhookIds {

	private static final Pattern WEBHOOK = Pattern.compile("wh_[0-9a-f]{24}");

	private static final Pattern DELIVERY = Pattern.compile("whd_[0-9a-f]{24}");

	private static final SecureRandom random = new SecureRandom();

	private WebhookIds() {
	}

	static String webhook() {
		byte[] bytes = new byte[12];
		random.nextBytes(bytes);
		return "wh_" + HexFormat.of().formatHex(bytes);
	}

	static boolean isWebhook(String id) {
		return WEBHOOK.matcher(id).matches();
	}

	static boolean isDelivery(String id) {
		return DELIVERY.matcher(id).matches();
	}

	/**
	 * When the delivery of this id was written, in milliseconds since 1970.
	 */
	static long writtenAtMillis(String delivery) {
		return HexFormat.fromHexDigitsToLong(delivery, 4, 16);
	}

}
