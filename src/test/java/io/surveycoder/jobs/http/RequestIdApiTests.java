package io.surveycoder.jobs.http;

import io.surveycoder.jobs.testing.Answer;
import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.ErrorEnvelope;
import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code X-Request-Id} and {@code error.request_id} (contract §1).
 */
@ServiceTest
class RequestIdApiTests {

	private static final String ID = "0f8fad5b-d9cb-469f-a165-70867728950e";

	@Autowired
	Api api;

	@ParameterizedTest
	@ValueSource(strings = { "/health", "/v2/jobs", "/nowhere" })
	void uuidOfTheCallerComesBackOnEveryAnswer(String path) {
		Answer answer = this.api.get(path, this.api.tenant().key(), "X-Request-Id", ID);
		assertThat(answer.header("X-Request-Id")).isEqualTo(ID);
	}

	@Test
	void errorRepeatsTheUuidOfTheCaller() {
		Answer answer = this.api.get("/v2/jobs", null, "X-Request-Id", ID);
		ErrorEnvelope.check(answer, 401, "UNAUTHORIZED");
		assertThat(answer.json().at("/error/request_id").stringValue()).isEqualTo(ID);
	}

	@Test
	void errorDoesNotRepeatWhatIsNoUuid() {
		Answer answer = this.api.get("/v2/jobs", null, "X-Request-Id", "mine");
		ErrorEnvelope.check(answer, 401, "UNAUTHORIZED");
		assertThat(answer.json().get("error").has("request_id")).isFalse();
		assertThat(answer.body()).doesNotContain("mine");
	}

	@Test
	void uuidSentTwiceIsReplaced() {
		Answer answer = this.api.get("/v2/jobs", null, "X-Request-Id", ID, "X-Request-Id", ID);
		ErrorEnvelope.check(answer, 401, "UNAUTHORIZED");
		assertThat(answer.header("X-Request-Id")).isNotEqualTo(ID);
		assertThat(answer.json().get("error").has("request_id")).isFalse();
	}

}
