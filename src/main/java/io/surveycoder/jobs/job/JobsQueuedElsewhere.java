package io.surveycoder.jobs.job;

import java.util.Set;

/**
 * Another instance has committed jobs that can be claimed. A hint like
 * {@link JobsQueued}: it may be late, come twice or not come at all.
 *
 * @param types their types, as they are spelled in the database
 */
public record JobsQueuedElsewhere(Set<String> types) {
}
