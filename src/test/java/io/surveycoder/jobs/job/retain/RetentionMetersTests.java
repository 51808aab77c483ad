package io.surveycoder.jobs.job.retain;

import java.time.Duration;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.surveycoder.jobs.job.JobPartitions.Standing;
import io.surveycoder.jobs.job.JobPartitions.Table;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class RetentionMetersTests {

	private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

	private final RetentionMeters meters = new RetentionMeters(this.registry);

	@Test
	void namesAreThoseThatTheOperatorIsTold() {
		this.meters.measured(Table.JOB, new Standing(6, 4096, Duration.ofHours(7), Duration.ofHours(-3)),
				System.nanoTime());
		this.meters.dropRefused();
		assertThat(this.registry.scrape().lines())
			.contains("jobs_retention_lag_seconds{table=\"job\"} 0.0",
					"jobs_retention_lag_seconds{table=\"idempotency_key\"} NaN", "jobs_partitions{table=\"job\"} 6.0",
					"jobs_partitions_size_bytes{table=\"job\"} 4096.0", "jobs_retention_drops_refused_total 1.0")
			.anyMatch((line) -> line.startsWith("jobs_partitions_ahead_seconds{table=\"job\"} "));
	}

	@Test
	void lagGrowsAndWhatIsAheadShrinksWhereNothingIsMeasuredAnyMore() {
		this.meters.measured(Table.JOB, new Standing(6, 4096, Duration.ofHours(3), Duration.ofHours(-1)),
				System.nanoTime() - Duration.ofHours(2).toNanos());
		assertThat(gauge("jobs.retention.lag")).isCloseTo(3600, within(60.0));
		assertThat(gauge("jobs.partitions.ahead")).isCloseTo(3600, within(60.0));
		this.meters.measured(Table.JOB, new Standing(6, 4096, Duration.ofHours(3), Duration.ofHours(-1)),
				System.nanoTime() - Duration.ofHours(4).toNanos());
		assertThat(gauge("jobs.partitions.ahead")).isZero();
	}

	private double gauge(String name) {
		return this.registry.get(name).tag("table", "job").gauge().value();
	}

}
