package io.surveycoder.jobs.ratelimit;

import io.surveycoder.jobs.http.ErrorGate;
import jakarta.servlet.http.HttpServletRequest;

/**
 * What a request costs, where that depends on its answer: a read that says which
 * representation its client has already is free if that is still the one (contract §4,
 * ETag). Nothing is taken before that is known, so an empty budget refuses only what
 * would cost something. Whoever answers such a read calls {@link #waive} or
 * {@link #insist}, before anything else of the answer; an error costs a unit by itself.
 */
public final class Charge {

	private static final Charge PAID = new Charge(() -> {
	}, () -> {
	});

	private final Runnable take;

	private final Runnable look;

	private boolean settled;

	Charge(Runnable take, Runnable look) {
		this.take = take;
		this.look = look;
	}

	/**
	 * The charge of this request. One that has paid already, or never pays, has one too.
	 */
	public static Charge of(HttpServletRequest request) {
		return (request.getAttribute(Charge.class.getName()) instanceof Charge pending) ? pending : PAID;
	}

	void attachTo(HttpServletRequest request) {
		request.setAttribute(Charge.class.getName(), this);
		ErrorGate gate = this::insist;
		gate.attachTo(request);
	}

	/**
	 * The answer costs one unit. To be asked for as well where the answer is not known
	 * yet and is to cost one whatever it will be.
	 * @throws io.surveycoder.jobs.http.ApiException {@code RATE_LIMITED} where there is
	 * none
	 */
	public void insist() {
		settle(this.take);
	}

	/**
	 * The answer costs nothing. Without effect after {@link #insist}.
	 */
	public void waive() {
		settle(this.look);
	}

	private void settle(Runnable how) {
		if (!this.settled) {
			this.settled = true;
			how.run();
		}
	}

}
