package io.surveycoder.jobs.job.poll;

import java.time.Duration;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.mock.web.MockHttpServletRequest;

import static org.assertj.core.api.Assertions.assertThat;

class WaitPreferenceTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			wait=10                             | 10
			wait=0                              | 0
			wait=61                             | 60
			wait=99999999999999999999           | 60
			wait="7"                            | 7
			Wait = 5                            | 5
			respond-async, wait=10              | 10
			handling=lenient; x=1, wait=10;y    | 10
			wait=3, wait=9                      | 3
			x="a, wait=1", wait=4               | 4
			x="a, wait=1", wait="4", y="b"      | 4
			""")
	void isUnderstood(String header, int seconds) {
		assertThat(of(header)).contains(Duration.ofSeconds(seconds));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "wait", "wait=", "wait=-1", "wait=abc", "wait=1.5", "wait=1e1", "wait=10 s",
			"await=10", "x;wait=10", "x=\"a, wait=1, b\"", "x=\"a\\\", wait=1, b\"", "wait='5'", "wait=+5",
			"\u0661=1, wait=\u0665" })
	void isIgnored(String header) {
		assertThat(of(header)).isEmpty();
	}

	@Test
	void firstOfSeveralHeadersCounts() {
		assertThat(of("respond-async", "wait=4", "wait=5")).contains(Duration.ofSeconds(4));
		assertThat(of()).isEmpty();
	}

	private static Optional<Duration> of(String... headers) {
		MockHttpServletRequest request = new MockHttpServletRequest();
		for (String header : headers) {
			request.addHeader("Prefer", header);
		}
		return WaitPreference.of(request);
	}

}
