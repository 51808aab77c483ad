package io.surveycoder.jobs.access;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The scope that a controller or one of its methods asks for. Every handler under
 * {@code /v2} and {@code /internal} has one; without it the request fails.
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
public @interface RequiredScope {

	Scope value();

}
