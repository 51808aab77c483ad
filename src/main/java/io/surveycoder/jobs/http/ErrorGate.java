package io.surveycoder.jobs.http;

import jakarta.servlet.http.HttpServletRequest;

/**
 * What a request still has to pass before it is answered with an error of its own: then
 * it may turn out that it gets another.
 */
@FunctionalInterface
public interface ErrorGate {

	/**
	 * Asked once it is known that the answer is an error.
	 * @throws ApiException the error to be sent instead
	 */
	void pass();

	/**
	 * Lets a request pass here.
	 */
	default void attachTo(HttpServletRequest request) {
		request.setAttribute(ErrorGate.class.getName(), this);
	}

	/**
	 * The gate of this request; an open one where there is none.
	 */
	static ErrorGate of(HttpServletRequest request) {
		return (request.getAttribute(ErrorGate.class.getName()) instanceof ErrorGate gate) ? gate : () -> {
		};
	}

}
