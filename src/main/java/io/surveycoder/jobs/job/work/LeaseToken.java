package io.surveycoder.jobs.job.work;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;

/**
 * Proves that its bearer holds the lease on a job. It carries the job's organization, so
 * that every statement about the job can name it (design D3), and a secret of 122 random
 * bits. Opaque to workers.
 *
 * @param organizationId {@code org_} and 24 hex digits
 * @param secret what is stored with the job
 */
record LeaseToken(String organizationId, UUID secret) {

	private static final String PREFIX = "lse_";

	private static final int BYTES = 12 + 16;

	String wire() {
		ByteBuffer bytes = ByteBuffer.allocate(BYTES)
			.put(HexFormat.of().parseHex(this.organizationId, 4, 28))
			.putLong(this.secret.getMostSignificantBits())
			.putLong(this.secret.getLeastSignificantBits());
		return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
	}

	/**
	 * The token that a worker sent; empty when we cannot have made it.
	 */
	static Optional<LeaseToken> parse(String wire) {
		if (!wire.startsWith(PREFIX)) {
			return Optional.empty();
		}
		try {
			byte[] decoded = Base64.getUrlDecoder().decode(wire.substring(PREFIX.length()));
			if (decoded.length != BYTES) {
				return Optional.empty();
			}
			ByteBuffer bytes = ByteBuffer.wrap(decoded, 12, 16);
			LeaseToken token = new LeaseToken("org_" + HexFormat.of().formatHex(decoded, 0, 12),
					new UUID(bytes.getLong(), bytes.getLong()));
			// Base64 has bits to spare at its end: only one spelling is the one we gave.
			return Optional.of(token).filter((one) -> one.wire().equals(wire));
		}
		catch (IllegalArgumentException _) {
			return Optional.empty();
		}
	}

	@Override
	public String toString() {
		return "LeaseToken[" + this.organizationId + "]";
	}

}
