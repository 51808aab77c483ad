/**
 * Jobs live 24 hours: partitions ahead of time, expired ones dropped.
 */
@NullMarked
package io.surveycoder.jobs.job.retain;

import org.jspecify.annotations.NullMarked;
