package io.surveycoder.jobs.webhook;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class AttemptsTests {

	@Test
	void restsAreThoseOfTheContract() {
		assertThat(Attempts.delayAfter(1)).contains(Duration.ofSeconds(5));
		assertThat(Attempts.delayAfter(2)).contains(Duration.ofSeconds(30));
		assertThat(Attempts.delayAfter(3)).contains(Duration.ofMinutes(5));
		assertThat(Attempts.delayAfter(Attempts.MOST)).isEmpty();
	}

}
