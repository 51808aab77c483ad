/**
 * Tells organizations of their finished jobs: webhooks, and deliveries that arrive.
 */
@ApplicationModule(allowedDependencies = { "job", "access", "http" })
@NullMarked
package io.surveycoder.jobs.webhook;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
