package io.surveycoder.jobs.http;

import java.time.Instant;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Timestamps on the wire (contract §1).
 */
class TimestampTests {

	@ParameterizedTest
	@CsvSource({ "2026-05-01T12:34:56.789Z, 2026-05-01T12:34:56.789Z", "2026-05-01T12:34:56Z, 2026-05-01T12:34:56.000Z",
			"2026-05-01T12:34:56.7Z, 2026-05-01T12:34:56.700Z", "1970-01-01T00:00:00Z, 1970-01-01T00:00:00.000Z",
			"2026-12-31T23:59:59.999999Z, 2026-12-31T23:59:59.999Z" })
	void haveExactlyThreeFractionDigitsAndAZ(Instant instant, String wire) {
		JsonMapper.Builder builder = JsonMapper.builder();
		WebConfiguration.contractJson().customize(builder);
		assertThat(builder.build().writeValueAsString(instant)).isEqualTo('"' + wire + '"');
	}

}
