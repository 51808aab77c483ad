package io.surveycoder.jobs.http;

import jakarta.validation.Validation;
import jakarta.validation.Validator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class StorableTextTests {

	private static final Validator validator = Validation.buildDefaultValidatorFactory().getValidator();

	@ParameterizedTest
	@ValueSource(strings = { "a", "abcde", "\u20ac\u20ac\u20ac\u20ac\u20ac", "\ud83d\ude00", "a\nb\tc", "\uffff",
			"\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00" })
	void storableTextOfFiveCharactersPasses(String text) {
		assertThat(validator.validate(new Body(text))).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "abcdef", "a\u0000", "\ud83d", "a\ude00", "\ude00\ud83d",
			"\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00" })
	void anyOtherIsRefusedWithItsBounds(String text) {
		assertThat(validator.validate(new Body(text))).singleElement()
			.satisfies((violation) -> assertThat(violation.getMessage()).contains("1 to 5 characters"));
	}

	@Test
	void absentTextIsNotItsConcern() {
		assertThat(validator.validate(new Body(null))).isEmpty();
	}

	record Body(@StorableText(max = 5) @Nullable String text) {
	}

}
