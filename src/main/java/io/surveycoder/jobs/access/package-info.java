/**
 * Who calls and what they may do: organizations, API keys and their scopes.
 */
@ApplicationModule(allowedDependencies = "http")
@NullMarked
package io.surveycoder.jobs.access;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
