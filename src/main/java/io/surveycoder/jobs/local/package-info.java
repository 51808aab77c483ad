/**
 * What runs only on a developer's machine, never in the jar: an embedded PostgreSQL, demo
 * data and a demo worker.
 */
@ApplicationModule(allowedDependencies = "start")
@NullMarked
package io.surveycoder.jobs.local;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
