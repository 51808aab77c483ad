package io.surveycoder.jobs.job.retain;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import io.surveycoder.jobs.job.JobPartitions;
import io.surveycoder.jobs.job.JobRetention;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.config.ScheduledTaskRegistrar;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Keeps partitions ahead of time and drops those whose jobs have all expired. Any
 * instance may run it and only one does at a time. What clients see never depends on it:
 * every read carries the horizon itself.
 */
@Component
class Retention implements SchedulingConfigurer {

	private static final Logger log = LoggerFactory.getLogger(Retention.class);

	private static final Duration PAUSE = Duration.ofMinutes(1);

	// Doubled eight times: from then on about once a minute, too.
	private static final Duration FIRST_RETRY = Duration.ofMillis(250);

	private static final int DOUBLINGS = 8;

	private final JobPartitions partitions;

	private final JobRetention settings;

	private final RetentionMeters meters;

	private volatile int refusals;

	Retention(JobPartitions partitions, JobRetention settings, RetentionMeters meters) {
		this.partitions = partitions;
		this.settings = settings;
		this.meters = meters;
	}

	@Override
	public void configureTasks(ScheduledTaskRegistrar tasks) {
		tasks.addTriggerTask(this::keep, (context) -> {
			Instant last = context.lastCompletion();
			return (last != null) ? last.plus(pause()) : context.getClock().instant();
		});
	}

	/**
	 * Until it is to be kept again: a minute, and less after a refusal, since a reader
	 * that was in the way is mostly gone soon. It grows with each, because each may hold
	 * up others for as long as it waits itself.
	 */
	Duration pause() {
		return (this.refusals == 0) ? PAUSE : FIRST_RETRY.multipliedBy(1L << Math.min(this.refusals - 1, DOUBLINGS));
	}

	void keep() {
		boolean made = attempt("made", this::make);
		boolean dropped = attempt("dropped", this::drop);
		attempt("measured", () -> this.meters.measure(this.partitions));
		this.refusals = (made && dropped) ? 0 : this.refusals + 1;
	}

	private void make() {
		List<String> made = this.partitions.ensure(this.settings.partitionWidth());
		if (!made.isEmpty()) {
			log.info("Made partitions {}", made);
		}
	}

	private void drop() {
		try {
			for (Optional<String> dropped = this.partitions.dropOldest(); dropped
				.isPresent(); dropped = this.partitions.dropOldest()) {
				log.info("Dropped {}, everything in it had expired", dropped.get());
			}
		}
		catch (DataAccessException ex) {
			this.meters.dropRefused();
			throw ex;
		}
	}

	// Nothing depends on it at once: submits make a missing partition themselves, and
	// expired jobs are invisible anyhow. Who is told is told when it does not mend
	// itself.
	private boolean attempt(String what, Runnable step) {
		try {
			step.run();
			return true;
		}
		catch (DataAccessException | TransactionException ex) {
			log.atLevel((this.refusals < DOUBLINGS) ? Level.INFO : Level.WARN)
				.log("Partitions not {} at attempt {}: {}", what, this.refusals + 1,
						NestedExceptionUtils.getMostSpecificCause(ex).getMessage());
			return false;
		}
	}

}
