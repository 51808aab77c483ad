/**
 * Back ends add jobs.
 */
@NullMarked
package io.surveycoder.jobs.job.submit;

import org.jspecify.annotations.NullMarked;
