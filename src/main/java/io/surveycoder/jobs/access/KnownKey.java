package io.surveycoder.jobs.access;

import java.util.OptionalLong;

import io.surveycoder.jobs.http.ApiException;
import io.surveycoder.jobs.http.ErrorCode;

/**
 * A stored key as it stood when it was last looked up.
 *
 * @param caller whom the key makes of its bearer
 * @param revoked whether it was revoked
 * @param organizationDisabled whether its organization was disabled
 * @param expiresAtNanos when it expires, on this process's {@link System#nanoTime()}: the
 * database said how long is left, so no two clocks are compared
 */
record KnownKey(Caller caller, boolean revoked, boolean organizationDisabled, OptionalLong expiresAtNanos) {

	/**
	 * The caller, if the key still opens anything (contract §1, authentication).
	 * @throws ApiException 401 that says why not
	 */
	Caller admit() {
		if (this.revoked) {
			throw new ApiException(ErrorCode.KEY_REVOKED, "This API key was revoked");
		}
		if (this.expiresAtNanos.isPresent() && System.nanoTime() - this.expiresAtNanos.getAsLong() >= 0) {
			throw new ApiException(ErrorCode.KEY_EXPIRED, "This API key has expired");
		}
		if (this.organizationDisabled) {
			throw new ApiException(ErrorCode.NO_ORG, "The organization of this API key is disabled");
		}
		return this.caller;
	}

}
