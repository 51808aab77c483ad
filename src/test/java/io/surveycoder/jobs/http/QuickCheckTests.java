package io.surveycoder.jobs.http;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import jakarta.validation.Valid;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import org.hibernate.validator.constraints.Range;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class QuickCheckTests {

	private static final Validator validator = Validation.buildDefaultValidatorFactory().getValidator();

	@Test
	void saysOfEveryValueWhatBeanValidationSays() {
		List<@Nullable Integer> numbers = Arrays.asList(null, Integer.MIN_VALUE, -101, -100, -1, 0, 1, 99, 100, 101,
				Integer.MAX_VALUE);
		List<Numbers> all = new ArrayList<>();
		for (Integer number : numbers) {
			numbers.forEach((other) -> all.add(new Numbers(number, other, 1, "a")));
			all.add(new Numbers(0, 0, number, "a"));
		}
		for (String text : Arrays.asList(null, "", "a", "\u0000", "\ud800", "\ud83d\ude00".repeat(5),
				"\ud83d\ude00".repeat(6), "aaaaa", "aaaaaa", "a\udc00")) {
			all.add(new Numbers(0, 0, 1, text));
		}
		int fine = 0;
		for (Numbers one : all) {
			fine += assertSame(one);
			assertSame(new Lists(List.of(one), null, null));
			assertSame(new Lists(List.of(new Numbers(0, 0, 1, "a"), one), null, one));
		}
		assertThat(fine).isBetween(10, all.size() - 10);
	}

	@Test
	void saysOfEveryListWhatBeanValidationSays() {
		Numbers fine = new Numbers(0, 0, 1, "a");
		List<@Nullable List<Numbers>> lists = Arrays.asList(null, List.of(), List.of(fine), Arrays.asList(fine, null),
				Collections.nCopies(3, fine), Collections.nCopies(4, fine), List.of(new Numbers(0, 0, null, "a")));
		for (List<Numbers> list : lists) {
			for (List<String> texts : Arrays.<@Nullable List<String>>asList(null, List.of(), List.of("a"),
					Arrays.asList("a", null))) {
				assertSame(new Lists(list, texts, null));
				assertSame(new Lists(list, texts, fine));
			}
		}
		assertThat(QuickCheck.holds(new Lists(List.of(fine), List.of("a"), fine))).isTrue();
	}

	private static int assertSame(Record record) {
		boolean valid = validator.validate(record).isEmpty();
		assertThat(QuickCheck.holds(record)).as(record.toString()).isEqualTo(valid);
		return valid ? 1 : 0;
	}

	@Test
	void leavesToBeanValidationWhatItDoesNotKnow() {
		for (Record record : List.of(new Unknown("a"), new UnknownWithin(new Unknown("a")), new OfItself("a"),
				new OfElements(List.of("a")), new OfValues(Map.of("a", "a")))) {
			assertThat(validator.validate(record)).isEmpty();
			assertThat(QuickCheck.holds(record)).as(record.toString()).isFalse();
		}
		assertThat(QuickCheck.knows(Unknown.class)).isFalse();
		assertThat(QuickCheck.holds(new OfElements(null))).isFalse();
		assertThat(QuickCheck.holds("a")).isFalse();
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "submit.BatchRequest", "submit.SubmissionRequest", "work.ExchangeController$CompletionBatch",
					"work.CompletionEntry", "work.FailureEntry", "work.ExchangeRequest",
					"work.ExchangeRequest$ImmediateClaim", "work.ClaimRequest", "work.WorkController$ProgressRequest" })
	void knowsTheBodiesOfTheQueue(String type) throws ClassNotFoundException {
		assertThat(QuickCheck.knows(Class.forName("io.surveycoder.jobs.job." + type))).isTrue();
	}

	record Numbers(@Min(0) @Nullable Integer least, @Min(-100) @Max(100) @Nullable Integer between,
			@NotNull @Range(min = 1, max = 100) Integer range, @StorableText(max = 5) @Nullable String text) {
	}

	record Lists(@NotNull @Size(min = 1, max = 3) List<@NotNull @Valid Numbers> list,
			@Nullable List<@NotNull String> texts, @Valid @Nullable Numbers one) {
	}

	record Unknown(@Pattern(regexp = "a") String text) {
	}

	record UnknownWithin(@Valid Unknown one) {
	}

	record OfItself(String text) {

		@AssertTrue
		boolean isFine() {
			return true;
		}

	}

	record OfElements(@Nullable List<@Pattern(regexp = "a") String> list) {
	}

	record OfValues(Map<String, @NotNull String> values) {
	}

}
