/**
 * Jobs and their life; this package holds the words that its slices share.
 */
@ApplicationModule(allowedDependencies = { "access", "http", "ratelimit" })
@NullMarked
package io.surveycoder.jobs.job;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
