package io.surveycoder.jobs.start;

/**
 * Stops the start with a message instead of a stack trace.
 */
public final class StartFailure extends RuntimeException {

	private final String action;

	/**
	 * A reason not to start.
	 * @param description what is wrong
	 * @param action what to do about it
	 */
	public StartFailure(String description, String action) {
		super(description);
		this.action = action;
	}

	String description() {
		return String.valueOf(getMessage());
	}

	String action() {
		return this.action;
	}

}
