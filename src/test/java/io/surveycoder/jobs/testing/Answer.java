package io.surveycoder.jobs.testing;

import java.net.http.HttpResponse;

import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the service answered.
 */
public record Answer(HttpResponse<String> response) {

	// As deep and as long as the service allows.
	private static final JsonMapper json = JsonMapper
		.builder(JsonFactory.builder()
			.streamReadConstraints(
					StreamReadConstraints.builder().maxNestingDepth(510).maxNameLength(Integer.MAX_VALUE).build())
			.build())
		.build();

	public int status() {
		return this.response.statusCode();
	}

	public String body() {
		return this.response.body();
	}

	/**
	 * The header's value; null when it was not sent.
	 */
	public String header(String name) {
		return this.response.headers().firstValue(name).orElse(null);
	}

	public JsonNode json() {
		return json.readTree(body());
	}

	public JsonNode data() {
		return json().path("data");
	}

	public String errorCode() {
		return json().at("/error/code").asString(null);
	}

	public String errorMessage() {
		return json().at("/error/message").asString(null);
	}

	@Override
	public String toString() {
		return status() + " " + body();
	}

}
