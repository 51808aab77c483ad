package io.surveycoder.jobs.webhook;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

import io.surveycoder.jobs.http.ApiException;
import io.surveycoder.jobs.http.ErrorCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;
import org.springframework.util.StringUtils;

/**
 * Keeps webhooks' secrets unreadable in the database: AES-256-GCM, each with a nonce of
 * its own and bound to its webhook's id, so that a secret copied to another row opens
 * nothing. Stored: a version byte, 12 bytes nonce, what was sealed and 16 bytes tag.
 * <p>
 * Without a key in the settings one is derived from the database's password. That keeps
 * secrets out of dumps and backups, and ties them to the password.
 */
@Component
class SecretSeal {

	private static final Logger log = LoggerFactory.getLogger(SecretSeal.class);

	private static final byte VERSION = 1;

	private static final int NONCE_BYTES = 12;

	private static final int TAG_BITS = 128;

	private static final int KEY_BITS = 256;

	// OWASP's figure for PBKDF2 with SHA-512.
	private static final int ROUNDS = 210_000;

	private static final SecureRandom random = new SecureRandom();

	private final Settings settings;

	private final Environment environment;

	private @Nullable SecretKey derived;

	SecretSeal(Settings settings, Environment environment) {
		this.settings = settings;
		this.environment = environment;
		if (settings.key().isEmpty()) {
			log.warn("""
					jobs.webhooks.encryption-key is not set: webhook secrets are encrypted with a key made from the \
					database's password, and cannot be read any more when that changes. Set it to the output of: \
					openssl rand -base64 32""");
		}
	}

	/**
	 * Seals a secret for a webhook.
	 * @throws ApiException 503 when there is nothing to make a key from
	 */
	byte[] seal(WebhookSecret secret, String webhookId) {
		SecretKey key = this.settings.key()
			.or(this::derived)
			.orElseThrow(() -> new ApiException(ErrorCode.SERVICE_UNAVAILABLE,
					"Webhooks need the setting jobs.webhooks.encryption-key (JOBS_WEBHOOKS_ENCRYPTION_KEY)"));
		byte[] nonce = new byte[NONCE_BYTES];
		random.nextBytes(nonce);
		try {
			byte[] sealed = cipher(Cipher.ENCRYPT_MODE, key, nonce, webhookId)
				.doFinal(secret.reveal().getBytes(StandardCharsets.US_ASCII));
			byte[] whole = new byte[1 + NONCE_BYTES + sealed.length];
			whole[0] = VERSION;
			System.arraycopy(nonce, 0, whole, 1, NONCE_BYTES);
			System.arraycopy(sealed, 0, whole, 1 + NONCE_BYTES, sealed.length);
			return whole;
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Opens what was sealed for a webhook; empty when no key that is known opens it.
	 */
	Optional<WebhookSecret> open(byte[] sealed, String webhookId) {
		if (sealed.length <= 1 + NONCE_BYTES || sealed[0] != VERSION) {
			return Optional.empty();
		}
		return this.settings.keys()
			.stream()
			.flatMap((key) -> open(sealed, webhookId, key).stream())
			.findFirst()
			.or(() -> derived().flatMap((key) -> open(sealed, webhookId, key)));
	}

	private static Optional<WebhookSecret> open(byte[] sealed, String webhookId, SecretKey key) {
		try {
			byte[] nonce = Arrays.copyOfRange(sealed, 1, 1 + NONCE_BYTES);
			byte[] opened = cipher(Cipher.DECRYPT_MODE, key, nonce, webhookId).doFinal(sealed, 1 + NONCE_BYTES,
					sealed.length - 1 - NONCE_BYTES);
			return Optional.of(WebhookSecret.of(new String(opened, StandardCharsets.US_ASCII)));
		}
		catch (GeneralSecurityException _) {
			return Optional.empty();
		}
	}

	private static Cipher cipher(int mode, SecretKey key, byte[] nonce, String webhookId)
			throws GeneralSecurityException {
		Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
		cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
		cipher.updateAAD(webhookId.getBytes(StandardCharsets.US_ASCII));
		return cipher;
	}

	// Only when it is needed: it takes some tenths of a second.
	private synchronized Optional<SecretKey> derived() {
		String password = this.environment.getProperty("spring.datasource.password");
		if (this.derived == null && StringUtils.hasText(password)) {
			try {
				byte[] bytes = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512")
					.generateSecret(new PBEKeySpec(password.toCharArray(),
							"jobs-api webhook secrets".getBytes(StandardCharsets.US_ASCII), ROUNDS, KEY_BITS))
					.getEncoded();
				this.derived = new SecretKeySpec(bytes, "AES");
			}
			catch (GeneralSecurityException ex) {
				throw new IllegalStateException(ex);
			}
		}
		return Optional.ofNullable(this.derived);
	}

	/**
	 * The keys.
	 *
	 * @param encryptionKey base64 of 32 bytes; absent or empty: from the database's
	 * password
	 * @param previousEncryptionKeys earlier ones, which still open what they sealed
	 */
	@ConfigurationProperties("jobs.webhooks")
	record Settings(@Nullable String encryptionKey, @DefaultValue List<String> previousEncryptionKeys) {

		Settings {
			if (StringUtils.hasText(encryptionKey)) {
				key("jobs.webhooks.encryption-key", encryptionKey);
			}
			previousEncryptionKeys.forEach((key) -> key("jobs.webhooks.previous-encryption-keys", key));
		}

		Optional<SecretKey> key() {
			return StringUtils.hasText(this.encryptionKey)
					? Optional.of(key("jobs.webhooks.encryption-key", this.encryptionKey)) : Optional.empty();
		}

		List<SecretKey> keys() {
			List<SecretKey> keys = new ArrayList<>();
			key().ifPresent(keys::add);
			this.previousEncryptionKeys.forEach((key) -> keys.add(key("jobs.webhooks.previous-encryption-keys", key)));
			return keys;
		}

		private static SecretKey key(String name, String text) {
			try {
				byte[] bytes = Base64.getDecoder().decode(text.strip());
				if (bytes.length * Byte.SIZE == KEY_BITS) {
					return new SecretKeySpec(bytes, "AES");
				}
			}
			catch (IllegalArgumentException _) {
				// It is no base64; the text does not belong into a message.
			}
			throw new IllegalArgumentException(
					name + " must be the base64 of 32 bytes: the output of openssl rand -base64 32");
		}

		@Override
		public String toString() {
			return "Settings[encryptionKey=" + (key().isPresent() ? "set" : "none") + "]";
		}

	}

}
