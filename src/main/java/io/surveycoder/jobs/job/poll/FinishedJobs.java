package io.surveycoder.jobs.job.poll;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.cache.CaffeineCacheMetrics;
import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.poll.JobReads.FoundJob;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.stereotype.Component;
import org.springframework.util.unit.DataSize;

/**
 * The answers about completed and failed jobs, as many as fit into a given weight. Such a
 * job never changes, so an answer stays right, on every instance, until the job expires
 * (docs/adr/0014).
 */
@Component
class FinishedJobs {

	// Keys, headers and the cache's own node, beside the bytes of the answer.
	private static final int OVERHEAD = 300;

	private final Cache<Key, FoundJob> answers;

	FinishedJobs(Settings settings, MeterRegistry meters) {
		this.answers = Caffeine.newBuilder()
			.maximumWeight(settings.maxSize.toBytes())
			.weigher((Key _, FoundJob job) -> job.answer().length() + OVERHEAD)
			.recordStats()
			.build();
		CaffeineCacheMetrics.monitor(meters, this.answers, "finished-jobs");
	}

	/**
	 * A finished job.
	 * @return null when it is not known here, or may have expired: the database knows
	 */
	@Nullable FoundJob get(String organization, JobId id) {
		FoundJob job = this.answers.getIfPresent(new Key(organization, id));
		return (job != null && System.nanoTime() - job.expiresAtNanos() < 0) ? job : null;
	}

	/**
	 * Remembers a job if it is finished and its answer here.
	 */
	void offer(String organization, JobId id, FoundJob job) {
		if (job.isFinal() && !job.isLarge()) {
			this.answers.put(new Key(organization, id), job);
		}
	}

	/**
	 * What the answers weigh that are kept now, in bytes; for tests.
	 */
	long weight() {
		this.answers.cleanUp();
		return this.answers.policy().eviction().orElseThrow().weightedSize().orElseThrow();
	}

	private record Key(String organization, JobId id) {
	}

	/**
	 * How much memory the answers about finished jobs may take.
	 *
	 * @param maxSize 0 (nothing is kept) to 64 GB
	 */
	@ConfigurationProperties("jobs.finished-cache")
	record Settings(@DefaultValue("32MB") DataSize maxSize) {

		Settings {
			if (maxSize.isNegative() || maxSize.compareTo(DataSize.ofGigabytes(64)) > 0) {
				throw new IllegalArgumentException("jobs.finished-cache.max-size must be 0 to 64GB, not " + maxSize);
			}
		}

	}

}
