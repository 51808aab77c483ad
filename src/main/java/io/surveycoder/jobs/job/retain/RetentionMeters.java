package io.surveycoder.jobs.job.retain;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.surveycoder.jobs.job.JobPartitions;
import io.surveycoder.jobs.job.JobPartitions.Standing;
import io.surveycoder.jobs.job.JobPartitions.Table;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * How the partitions stand, for the operator. Measured whenever they are kept and not
 * when asked: a scrape costs no statement. Between measurements the clock goes on, so
 * that the lag grows and what is ahead shrinks also when nothing is kept any more.
 */
@Component
class RetentionMeters {

	private final Map<Table, Measured> measured = new ConcurrentHashMap<>();

	private final Counter refused;

	RetentionMeters(MeterRegistry meters) {
		for (Table table : Table.values()) {
			gauge(meters, table, "jobs.retention.lag", "seconds", (measured) -> seconds(measured.lag()),
					"How long past its retention the oldest partition is; 0 while none is");
			gauge(meters, table, "jobs.partitions.ahead", "seconds", (measured) -> seconds(measured.ahead()),
					"From now to the end of the last partition that was made ahead without a gap");
			gauge(meters, table, "jobs.partitions", null, (measured) -> measured.standing.count(),
					"Partitions that there are");
			gauge(meters, table, "jobs.partitions.size", "bytes", (measured) -> measured.standing.bytes(),
					"Disk space of the partitions, with their indexes");
		}
		this.refused = Counter.builder("jobs.retention.drops.refused")
			.description("Attempts to drop an expired partition that failed, mostly for a lock that others held")
			.register(meters);
	}

	void measure(JobPartitions partitions) {
		for (Table table : Table.values()) {
			measured(table, partitions.standing(table), System.nanoTime());
		}
	}

	void measured(Table table, Standing standing, long nanoTime) {
		this.measured.put(table, new Measured(standing, nanoTime));
	}

	void dropRefused() {
		this.refused.increment();
	}

	private void gauge(MeterRegistry meters, Table table, String name, @Nullable String unit,
			ToDoubleFunction<Measured> value, String description) {
		Gauge.builder(name, this, (_) -> {
			Measured last = this.measured.get(table);
			return (last != null) ? value.applyAsDouble(last) : Double.NaN;
		}).baseUnit(unit).tag("table", table.sqlName()).description(description).register(meters);
	}

	private static double seconds(Duration duration) {
		return Math.max(0, duration.toMillis() / 1000.0);
	}

	private record Measured(Standing standing, long nanoTime) {

		private Duration lag() {
			return this.standing.lag().plusNanos(System.nanoTime() - this.nanoTime);
		}

		private Duration ahead() {
			return this.standing.ahead().minusNanos(System.nanoTime() - this.nanoTime);
		}

	}

}
