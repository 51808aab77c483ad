/**
 * Clients read their jobs.
 */
@NullMarked
package io.surveycoder.jobs.job.poll;

import org.jspecify.annotations.NullMarked;
