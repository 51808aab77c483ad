package io.surveycoder.jobs.http;

import io.surveycoder.jobs.testing.Answer;
import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;

@ServiceTest
class HealthApiTests {

	@Autowired
	Api api;

	@Test
	void healthNeedsNoKeyAndHasNoLimit() {
		Answer answer = this.api.get("/health", null);
		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.body()).isEqualTo("{\"success\":true,\"data\":{\"status\":\"ok\"}}");
		assertThat(answer.header("Content-Type")).isEqualTo("application/json");
		assertThat(answer.header("X-RateLimit-Limit")).isNull();
	}

}
