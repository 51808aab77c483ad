/**
 * Instances tell each other what their waiters need not look for: an optimisation, which
 * everything is right without.
 */
@NullMarked
package io.surveycoder.jobs.job.signal;

import org.jspecify.annotations.NullMarked;
