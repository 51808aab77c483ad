package io.surveycoder.jobs.http;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

class ErrorCodeTests {

	@Test
	void slugIsKebabCase() {
		assertThat(ErrorCode.NO_ORG.slug()).isEqualTo("no-org");
		assertThat(ErrorCode.UNSUPPORTED_MEDIA_TYPE.slug()).isEqualTo("unsupported-media-type");
	}

	@ParameterizedTest
	@EnumSource
	void everyStatusOfTheTableLeadsToACodeOfThatStatus(ErrorCode code) {
		assertThat(ErrorCode.ofStatus(code.status()).status()).isEqualTo(code.status());
	}

	@ParameterizedTest
	@CsvSource({ "408, BAD_REQUEST", "414, BAD_REQUEST", "416, BAD_REQUEST", "431, BAD_REQUEST", "501, BAD_REQUEST",
			"505, BAD_REQUEST", "502, INTERNAL_ERROR", "507, INTERNAL_ERROR" })
	void otherStatusesLeadToTheGeneralCode(int status, ErrorCode code) {
		assertThat(ErrorCode.ofStatus(status)).isEqualTo(code);
	}

}
