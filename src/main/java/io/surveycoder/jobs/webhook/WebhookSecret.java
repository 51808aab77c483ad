package io.surveycoder.jobs.webhook;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a webhook's deliveries are signed with: {@code whsec_} and the base64 of 32 random
 * bytes. It makes both families of signatures (contract §5):
 * <ul>
 * <li>{@code X-Signature: sha256=<hex>}, HMAC-SHA256 of the body. The key is the whole
 * secret as it was shown, {@code whsec_} included, in UTF-8.</li>
 * <li>{@code webhook-signature: v1,<base64>}, HMAC-SHA256 of
 * {@code <webhook-id>.<webhook-timestamp>.<body>}. The key is the bytes that the part
 * after {@code whsec_} decodes to, as the Standard Webhooks specification has it.</li>
 * </ul>
 */
final class WebhookSecret {

	private static final String PREFIX = "whsec_";

	private static final int BYTES = 32;

	private static final SecureRandom random = new SecureRandom();

	private final String value;

	private WebhookSecret(String value) {
		this.value = value;
	}

	static WebhookSecret generate() {
		byte[] bytes = new byte[BYTES];
		random.nextBytes(bytes);
		return new WebhookSecret(PREFIX + Base64.getEncoder().encodeToString(bytes));
	}

	/**
	 * One that was generated before.
	 */
	static WebhookSecret of(String value) {
		if (!value.startsWith(PREFIX)) {
			throw new IllegalArgumentException("A secret begins with " + PREFIX);
		}
		return new WebhookSecret(value);
	}

	/**
	 * The value of {@code X-Signature}.
	 */
	String signature(byte[] body) {
		return "sha256=" + HexFormat.of().formatHex(hmac(this.value.getBytes(StandardCharsets.UTF_8), body));
	}

	/**
	 * The value of {@code webhook-signature}.
	 * @param timestamp the value of {@code webhook-timestamp}
	 */
	String standardSignature(String id, long timestamp, byte[] body) {
		byte[] key = Base64.getDecoder().decode(this.value.substring(PREFIX.length()));
		byte[] before = (id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8);
		return "v1," + Base64.getEncoder().encodeToString(hmac(key, before, body));
	}

	private static byte[] hmac(byte[] key, byte[]... parts) {
		try {
			Mac mac = Mac.getInstance("HmacSHA256");
			mac.init(new SecretKeySpec(key, "HmacSHA256"));
			for (byte[] part : parts) {
				mac.update(part);
			}
			return mac.doFinal();
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("Every Java platform has HmacSHA256", ex);
		}
	}

	/**
	 * The whole secret, for the one answer that shows it and to be sealed.
	 */
	String reveal() {
		return this.value;
	}

	@Override
	public String toString() {
		return PREFIX + "…";
	}

}
