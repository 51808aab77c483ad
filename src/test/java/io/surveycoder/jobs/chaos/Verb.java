package io.surveycoder.jobs.chaos;

/**
 * What a client asks of the service about a job.
 */
enum Verb {

	SUBMIT(""), CLAIM("claim"), PROGRESS("progress"), COMPLETE("complete"), COMPLETE_IN_BATCH("complete"), FAIL("fail"),
	FAIL_FOR_GOOD("fail"), RELEASE("release"), GET("");

	/**
	 * What its path ends with.
	 */
	final String path;

	Verb(String path) {
		this.path = path;
	}

	/**
	 * Whether it gives a leased job back to the queue, where another worker may claim it.
	 */
	boolean givesBack() {
		return this == FAIL || this == RELEASE;
	}

	/**
	 * Whether the lease is over once it is accepted.
	 */
	boolean ends() {
		return givesBack() || finishes();
	}

	boolean completes() {
		return this == COMPLETE || this == COMPLETE_IN_BATCH;
	}

	/**
	 * Whether it can be what the job came to in the end.
	 */
	boolean finishes() {
		return completes() || this == FAIL || this == FAIL_FOR_GOOD;
	}

}
