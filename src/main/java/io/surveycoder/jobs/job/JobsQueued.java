package io.surveycoder.jobs.job;

/**
 * Said on the instance that committed it: jobs can be claimed now. A hint that spares
 * waiting workers the time until the next look at the queue, and no more than that:
 * nothing depends on it. Other instances may hear {@link JobsQueuedElsewhere}.
 *
 * @param type their type, as it is spelled in the database
 * @param count how many
 */
public record JobsQueued(String type, int count) {
}
