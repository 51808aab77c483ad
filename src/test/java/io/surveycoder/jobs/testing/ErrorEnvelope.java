package io.surveycoder.jobs.testing;

import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The error envelope of contract §1, held to the letter: these members and no other,
 * absent and never null.
 */
public final class ErrorEnvelope {

	/**
	 * What an {@code X-Request-Id} looks like.
	 */
	public static final String UUID_FORM = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";

	private static final JsonMapper json = JsonMapper.shared();

	private ErrorEnvelope() {
	}

	/**
	 * Asserts that the answer is this error and nothing else.
	 * @return its message
	 */
	public static String check(Answer answer, int status, String code) {
		assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
		assertThat(answer.header("Content-Type")).as(answer.toString()).isEqualTo("application/json");
		assertThat(answer.header("X-Request-Id")).matches(UUID_FORM);
		JsonNode error = checkBody(answer.body());
		assertThat(error.get("code").stringValue()).as(answer.toString()).isEqualTo(code);
		return error.get("message").stringValue();
	}

	/**
	 * Asserts that the text is an error envelope of whatever code.
	 * @return its error
	 */
	public static JsonNode checkBody(String body) {
		JsonNode whole = json.readTree(body);
		assertThat(members(whole)).as(body).containsExactly("error", "success");
		assertThat(whole.get("success").booleanValue()).isFalse();
		JsonNode error = whole.get("error");
		Set<String> members = members(error);
		members.remove("request_id");
		assertThat(members).as(body).containsExactly("code", "doc_url", "message");
		assertThat(error.get("message").stringValue()).isNotBlank();
		assertThat(error.get("doc_url").stringValue()).isEqualTo("https://docs.surveycoder.io/errors/"
				+ error.get("code").stringValue().toLowerCase(Locale.ROOT).replace('_', '-'));
		if (error.has("request_id")) {
			assertThat(error.get("request_id").stringValue()).matches(UUID_FORM);
		}
		return error;
	}

	/**
	 * The names of an object's members, sorted.
	 */
	public static Set<String> members(JsonNode object) {
		return new TreeSet<>(object.propertyNames());
	}

}
