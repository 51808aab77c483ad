/**
 * Workers lease jobs and report what became of them.
 */
@NullMarked
package io.surveycoder.jobs.job.work;

import org.jspecify.annotations.NullMarked;
