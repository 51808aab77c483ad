package io.surveycoder.jobs.http;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class TimestampsTests {

	private static final DateTimeFormatter FORM = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'")
		.withZone(ZoneOffset.UTC);

	@ParameterizedTest
	@CsvSource({ "2026-05-01T12:34:56.789Z, 2026-05-01T12:34:56.789Z", "2024-02-29T00:00:00Z, 2024-02-29T00:00:00.000Z",
			"1970-01-01T00:00:00.009999Z, 1970-01-01T00:00:00.009Z",
			"1969-12-31T23:59:59.999Z, 1969-12-31T23:59:59.999Z", "9999-12-31T23:59:59.05Z, 9999-12-31T23:59:59.050Z" })
	void instantsAreWrittenInUtcWithThreeDigits(Instant instant, String expected) {
		assertThat(written(instant)).isEqualTo(expected);
	}

	@Test
	void everyInstantIsWrittenAsTheFormatterWould() {
		Random random = new Random(4);
		for (int n = 0; n < 10_000; n++) {
			Instant instant = Instant.ofEpochMilli(random.nextLong(-60_000_000_000_000L, 250_000_000_000_000L));
			assertThat(written(instant)).isEqualTo(FORM.format(instant));
		}
	}

	@Test
	void httpDateIsAsTheFormatterWouldWriteItCutToTheSecond() {
		assertThat(Timestamps.httpDate(784_111_777_999L)).isEqualTo("Sun, 06 Nov 1994 08:49:37 GMT");
		DateTimeFormatter form = DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.US)
			.withZone(ZoneOffset.UTC);
		Random random = new Random(5);
		for (int n = 0; n < 10_000; n++) {
			Instant instant = Instant.ofEpochMilli(random.nextLong(-60_000_000_000_000L, 250_000_000_000_000L));
			assertThat(Timestamps.httpDate(instant.toEpochMilli())).isEqualTo(form.format(instant));
		}
	}

	private static String written(Instant instant) {
		StringBuilder text = new StringBuilder();
		Timestamps.append(text, instant);
		return text.toString();
	}

}
