package io.surveycoder.jobs.http;

import jakarta.servlet.http.HttpServletRequest;

/**
 * Whether the client of a request is still there. The servlet API tells only when an
 * answer can no longer be written, and that is too late for an answer that hands
 * something over. Ask on the request's own thread, once its body has been read.
 */
@FunctionalInterface
public interface ClientPresence {

	/**
	 * Whether the client is known to have closed its connection. One that vanished
	 * without a word is not known to.
	 */
	boolean isGone();

	/**
	 * The presence of this request's client.
	 */
	static ClientPresence of(HttpServletRequest request) {
		return (request.getAttribute(ClientPresence.class.getName()) instanceof ClientPresence known) ? known
				: () -> false;
	}

	/**
	 * Makes it known to {@link #of}.
	 */
	default void attachTo(HttpServletRequest request) {
		request.setAttribute(ClientPresence.class.getName(), this);
	}

}
