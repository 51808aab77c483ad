package io.surveycoder.jobs.http;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import org.jspecify.annotations.Nullable;

/**
 * Text that PostgreSQL can hold as it was sent, of a length counted in characters, not in
 * UTF-16 units. U+0000 and halves of surrogate pairs, which JSON can spell, are refused
 * and not silently replaced (contract §2).
 */
@Constraint(validatedBy = StorableText.Check.class)
@Target({ ElementType.FIELD, ElementType.RECORD_COMPONENT, ElementType.TYPE_USE })
@Retention(RetentionPolicy.RUNTIME)
public @interface StorableText {

	int min() default 1;

	int max();

	String message() default "must have {min} to {max} characters, none of them U+0000 or half a surrogate pair";

	Class<?>[] groups() default {};

	Class<? extends Payload>[] payload() default {};

	/**
	 * Absent text is fine here; that it must be there is {@code @NotNull}'s to say.
	 */
	final class Check implements ConstraintValidator<StorableText, String> {

		private int min;

		private int max;

		@Override
		public void initialize(StorableText rule) {
			this.min = rule.min();
			this.max = rule.max();
		}

		@Override
		public boolean isValid(@Nullable String text, ConstraintValidatorContext context) {
			return text == null || isValid(text);
		}

		boolean isValid(String text) {
			int characters = text.codePointCount(0, text.length());
			return characters >= this.min && characters <= this.max && isStorable(text);
		}

		static boolean isStorable(String text) {
			return text.codePoints()
				.noneMatch((point) -> point == 0
						|| (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE));
		}

	}

}
