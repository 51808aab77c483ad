package io.surveycoder.jobs.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A key as its owner knows it: {@code scp_live_}, {@code scp_test_} or {@code scp_svc_}
 * and 32 alphanumeric characters. Only its SHA-256 hash is ever stored.
 */
final class ApiKeySecret {

	private static final Pattern FORM = Pattern.compile("scp_(live|test|svc)_[0-9A-Za-z]{32}");

	private static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

	private static final SecureRandom random = new SecureRandom();

	private final String value;

	private ApiKeySecret(String value) {
		this.value = value;
	}

	static Optional<ApiKeySecret> parse(String value) {
		return FORM.matcher(value).matches() ? Optional.of(new ApiKeySecret(value)) : Optional.empty();
	}

	/**
	 * A fresh secret of 190 random bits.
	 * @param kind {@code live}, {@code test} or {@code svc}
	 */
	static ApiKeySecret generate(String kind) {
		StringBuilder value = new StringBuilder("scp_").append(kind).append('_');
		random.ints(32, 0, ALPHABET.length()).forEach((index) -> value.append(ALPHABET.charAt(index)));
		return new ApiKeySecret(value.toString());
	}

	boolean isService() {
		return this.value.startsWith("scp_svc_");
	}

	/**
	 * The first 13 characters: enough to recognise a key, far too few to guess it.
	 */
	String prefix() {
		return this.value.substring(0, 13);
	}

	byte[] hash() {
		try {
			return MessageDigest.getInstance("SHA-256").digest(this.value.getBytes(StandardCharsets.US_ASCII));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256", ex);
		}
	}

	/**
	 * The whole secret, for the one answer that shows it.
	 */
	String reveal() {
		return this.value;
	}

	@Override
	public String toString() {
		return prefix() + "…";
	}

}
