package io.surveycoder.jobs.access;

import java.util.Optional;
import java.util.Set;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * Who makes a request: an authenticated key.
 *
 * @param keyId the key's id, {@code key_…}
 * @param organizationId the organization it belongs to; absent for a service key
 * @param scopes what it may do
 * @param requestsPerMinute its own limit, 0 for none; absent when the default holds
 */
public record Caller(String keyId, @Nullable String organizationId, Set<Scope> scopes,
		@Nullable Integer requestsPerMinute) {

	private static final String ATTRIBUTE = Caller.class.getName();

	/**
	 * The caller of this request; empty where no key is asked for.
	 */
	public static Optional<Caller> of(HttpServletRequest request) {
		return Optional.ofNullable((Caller) request.getAttribute(ATTRIBUTE));
	}

	void attachTo(HttpServletRequest request) {
		request.setAttribute(ATTRIBUTE, this);
	}

	/**
	 * The organization that the caller acts for.
	 * @throws IllegalStateException for a service key, which the scopes keep from getting
	 * here
	 */
	public String organization() {
		if (this.organizationId == null) {
			throw new IllegalStateException("A service key acts for no organization");
		}
		return this.organizationId;
	}

	/**
	 * Whether this is one of the operator's own keys.
	 */
	public boolean isService() {
		return this.organizationId == null;
	}

}
