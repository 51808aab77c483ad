package io.surveycoder.jobs.access;

import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * Makes ids of organizations and keys: a prefix and 24 random hex digits.
 */
final class AccessIds {

	private static final SecureRandom random = new SecureRandom();

	private AccessIds() {
	}

	static String organization() {
		return "org_" + hex();
	}

	static String apiKey() {
		return "key_" + hex();
	}

	private static String hex() {
		byte[] bytes = new byte[12];
		random.nextBytes(bytes);
		return HexFormat.of().formatHex(bytes);
	}

}
