/**
 * How many requests a minute an API key may make.
 */
@ApplicationModule(allowedDependencies = { "access", "http" })
@NullMarked
package io.surveycoder.jobs.ratelimit;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
