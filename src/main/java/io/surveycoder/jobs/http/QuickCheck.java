package io.surveycoder.jobs.http;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;

import jakarta.validation.Constraint;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import org.hibernate.validator.constraints.Range;
import org.jspecify.annotations.Nullable;

/**
 * Tells of a record, by its annotations, that all its constraints hold. Bean Validation
 * notes for each value where it stands, in case that something is wrong with it: for a
 * batch that cost several times what reading it did. It is asked where this says no, for
 * what is wrong or because there is a constraint that this does not know.
 */
final class QuickCheck {

	private static final ClassValue<QuickCheck> checks = new ClassValue<>() {
		@Override
		protected QuickCheck computeValue(Class<?> type) {
			return new QuickCheck(type);
		}
	};

	private final List<Predicate<Object>> components = new ArrayList<>();

	private boolean known;

	private QuickCheck(Class<?> type) {
		this.known = type.isRecord() && !isConstrained(type.getAnnotations());
		if (!this.known) {
			return;
		}
		try {
			for (Method method : type.getDeclaredMethods()) {
				this.known &= isAccessor(type, method) || !isConstrained(method.getAnnotations());
			}
			for (RecordComponent component : type.getRecordComponents()) {
				add(type.getDeclaredField(component.getName()), component.getAccessor());
			}
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Whether all constraints hold for sure.
	 */
	static boolean holds(Object record) {
		QuickCheck check = checks.get(record.getClass());
		return check.known && check.components.stream().allMatch((component) -> component.test(record));
	}

	/**
	 * Whether it can say so at all of records of this type.
	 */
	static boolean knows(Class<?> type) {
		return checks.get(type).known;
	}

	private void add(Field field, Method accessor) {
		Predicate<@Nullable Object> rules = rules(field.getAnnotations(), field.getAnnotatedType());
		accessor.setAccessible(true);
		this.components.add((record) -> {
			try {
				return rules.test(accessor.invoke(record));
			}
			catch (ReflectiveOperationException ex) {
				throw new IllegalStateException(ex);
			}
		});
	}

	private Predicate<@Nullable Object> rules(Annotation[] annotations, AnnotatedType type) {
		List<Predicate<@Nullable Object>> rules = new ArrayList<>();
		for (Annotation annotation : annotations) {
			if (annotation instanceof Valid || isConstraint(annotation)) {
				rules.add(rule(annotation));
			}
		}
		if (type instanceof AnnotatedParameterizedType generic) {
			for (AnnotatedType argument : generic.getAnnotatedActualTypeArguments()) {
				addElements(rules, argument, generic.getAnnotatedActualTypeArguments().length == 1);
			}
		}
		Predicate<@Nullable Object>[] all = rules.toArray(Predicate[]::new);
		return (value) -> {
			for (Predicate<@Nullable Object> rule : all) {
				if (!rule.test(value)) {
					return false;
				}
			}
			return true;
		};
	}

	private void addElements(List<Predicate<@Nullable Object>> rules, AnnotatedType element, boolean only) {
		if (element.getAnnotations().length == 0) {
			return;
		}
		Predicate<@Nullable Object> ofEach = rules(element.getAnnotations(), element);
		rules.add((value) -> value == null
				|| (only && value instanceof Collection<?> elements && elements.stream().allMatch(ofEach)));
	}

	private Predicate<@Nullable Object> rule(Annotation annotation) {
		return switch (annotation) {
			case NotNull _ -> (value) -> value != null;
			case Valid _ -> (value) -> value == null || holds(value);
			case Min min -> number(min.value(), Long.MAX_VALUE);
			case Max max -> number(Long.MIN_VALUE, max.value());
			case Range range -> number(range.min(), range.max());
			case Size size -> (value) -> value == null || (value instanceof Collection<?> elements
					&& elements.size() >= size.min() && elements.size() <= size.max());
			case StorableText text -> text(text);
			default -> {
				this.known = false;
				yield (_) -> false;
			}
		};
	}

	private static Predicate<@Nullable Object> number(long least, long most) {
		return (value) -> value == null
				|| (value instanceof Integer number && number.longValue() >= least && number.longValue() <= most);
	}

	private static Predicate<@Nullable Object> text(StorableText rule) {
		StorableText.Check check = new StorableText.Check();
		check.initialize(rule);
		return (value) -> value == null || (value instanceof String text && check.isValid(text));
	}

	private static boolean isAccessor(Class<?> type, Method method) {
		return Arrays.stream(type.getRecordComponents())
			.anyMatch((component) -> component.getAccessor().equals(method));
	}

	private static boolean isConstrained(Annotation[] annotations) {
		return Arrays.stream(annotations).anyMatch(QuickCheck::isConstraint);
	}

	private static boolean isConstraint(Annotation annotation) {
		Class<? extends Annotation> type = annotation.annotationType();
		// Several of one kind come in a container that is itself none.
		return type.isAnnotationPresent(Constraint.class)
				|| (type.isMemberClass() && type.getEnclosingClass().isAnnotationPresent(Constraint.class));
	}

}
