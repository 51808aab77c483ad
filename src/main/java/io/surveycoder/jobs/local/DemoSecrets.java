package io.surveycoder.jobs.local;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.Properties;

/**
 * The demo's keys. The database has only their hashes, so they are kept beside it, for
 * the same {@code curl} line to work after a restart.
 */
final class DemoSecrets {

	private static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

	private final Path file;

	private final Properties values = new Properties();

	private DemoSecrets(Path file) {
		this.file = file;
	}

	static DemoSecrets in(Path home) throws IOException {
		Files.createDirectories(home);
		DemoSecrets secrets = new DemoSecrets(home.resolve("demo.properties"));
		if (Files.exists(secrets.file)) {
			try (Reader reader = Files.newBufferedReader(secrets.file)) {
				secrets.values.load(reader);
			}
		}
		if (secrets.get("admin.key").isEmpty()) {
			StringBuilder key = new StringBuilder("scp_svc_");
			new SecureRandom().ints(32, 0, ALPHABET.length()).forEach((index) -> key.append(ALPHABET.charAt(index)));
			secrets.put("admin.key", key.toString());
		}
		if (secrets.get("webhooks.encryption.key").isEmpty()) {
			byte[] key = new byte[32];
			new SecureRandom().nextBytes(key);
			secrets.put("webhooks.encryption.key", Base64.getEncoder().encodeToString(key));
		}
		return secrets;
	}

	/**
	 * What webhooks' secrets are encrypted with, base64.
	 */
	String encryptionKey() {
		return get("webhooks.encryption.key").orElseThrow();
	}

	String adminKey() {
		return get("admin.key").orElseThrow();
	}

	Optional<String> get(String name) {
		return Optional.ofNullable(this.values.getProperty(name));
	}

	void put(String name, String value) {
		this.values.setProperty(name, value);
		try {
			if (!Files.exists(this.file) && this.file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
				Files.createFile(this.file,
						PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
			}
			try (Writer writer = Files.newBufferedWriter(this.file)) {
				this.values.store(writer, "Keys of the demo; delete .data to start anew");
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
