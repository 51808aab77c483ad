package io.surveycoder.jobs.job.retain;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import io.surveycoder.jobs.job.JobPartitions;
import io.surveycoder.jobs.job.JobRetention;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Keeps partitions ahead of time and drops those whose jobs have all expired. Any
 * instance may run it and only one does at a time. What clients see never depends on it:
 * every read carries the horizon itself.
 */
@Component
class Retention {

	private static final Logger log = LoggerFactory.getLogger(Retention.class);

	private final JobPartitions partitions;

	private final JobRetention settings;

	Retention(JobPartitions partitions, JobRetention settings) {
		this.partitions = partitions;
		this.settings = settings;
	}

	@Scheduled(fixedDelay = 1, timeUnit = TimeUnit.MINUTES)
	void keep() {
		try {
			List<String> made = this.partitions.ensure(this.settings.partitionWidth());
			if (!made.isEmpty()) {
				log.info("Made partitions {}", made);
			}
			for (Optional<String> dropped = this.partitions.dropOldest(); dropped
				.isPresent(); dropped = this.partitions.dropOldest()) {
				log.info("Dropped {}, everything in it had expired", dropped.get());
			}
		}
		catch (DataAccessException | TransactionException ex) {
			// A minute later is soon enough: submits make a missing partition
			// themselves, and expired jobs are invisible anyhow.
			log.warn("Partitions not kept this time: {}", NestedExceptionUtils.getMostSpecificCause(ex).getMessage());
		}
	}

}
