/**
 * Why the service did not start, in words an operator can act on.
 */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package io.surveycoder.jobs.start;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
