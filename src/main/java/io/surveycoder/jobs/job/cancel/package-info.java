/**
 * Clients give up on their jobs.
 */
@NullMarked
package io.surveycoder.jobs.job.cancel;

import org.jspecify.annotations.NullMarked;
