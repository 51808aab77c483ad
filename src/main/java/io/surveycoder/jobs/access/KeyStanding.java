package io.surveycoder.jobs.access;

import jakarta.servlet.http.HttpServletRequest;

/**
 * Whether the key that a request came with still opens what it opened then: for answers
 * that come long after the request, since a revocation holds within 2 seconds (contract
 * §1, authentication).
 */
@FunctionalInterface
public interface KeyStanding {

	/**
	 * Asks again.
	 * @throws io.surveycoder.jobs.http.ApiException 401 when it does not
	 * @throws org.springframework.dao.DataAccessException when the key cannot be looked
	 * up
	 */
	void check();

	/**
	 * The standing of this request's key. It may be asked for as long as one likes.
	 */
	static KeyStanding of(HttpServletRequest request) {
		return (KeyStanding) request.getAttribute(KeyStanding.class.getName());
	}

	/**
	 * Makes it known to {@link #of}.
	 */
	default void attachTo(HttpServletRequest request) {
		request.setAttribute(KeyStanding.class.getName(), this);
	}

}
