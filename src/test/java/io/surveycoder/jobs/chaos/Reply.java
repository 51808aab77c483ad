package io.surveycoder.jobs.chaos;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * How a call ended for its client.
 *
 * @param status of HTTP, {@link #LOST} or {@link #UNSENT}
 * @param replayed whether it is the answer of an earlier call
 * @param body empty when none came
 */
record Reply(Moment sent, Moment received, int status, boolean replayed, String body) {

	/**
	 * Sent, at least in part, and no answer came: it may have been done, or be done yet.
	 */
	static final int LOST = 0;

	/**
	 * Nobody listened: it was not done.
	 */
	static final int UNSENT = -1;

	private static final JsonMapper json = new JsonMapper();

	/**
	 * Whether it tells what became of the call.
	 */
	boolean isDefinite() {
		return this.status > 0 && this.status != 503;
	}

	/**
	 * The code of an error; empty when it is none.
	 */
	String errorCode() {
		return this.body.isEmpty() ? "" : json.readTree(this.body).at("/error/code").asString("");
	}

	JsonNode data() {
		return json.readTree(this.body).path("data");
	}

}
