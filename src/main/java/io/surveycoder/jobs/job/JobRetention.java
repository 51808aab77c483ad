package io.surveycoder.jobs.job;

import java.time.Duration;

import io.surveycoder.jobs.http.Timestamps;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long jobs live, and in what pieces they are stored.
 *
 * @param retention from creation to disappearance, 1 minute to 30 days (contract §1,
 * expiry)
 * @param partitionWidth the span of creation instants that one partition holds, whole
 * minutes from 1 minute to 30 days. Each partition costs a list query some time, and
 * expired jobs keep their disk space up to one width longer
 */
@ConfigurationProperties("jobs")
public record JobRetention(@DefaultValue("24h") Duration retention, @DefaultValue("6h") Duration partitionWidth) {

	/**
	 * How long a repeat of a request with an {@code Idempotency-Key} is recognised: 24 h,
	 * whatever the retention of jobs (contract §2, submit).
	 */
	public static final Duration IDEMPOTENCY = Duration.ofHours(24);

	private static final Duration LEAST = Duration.ofMinutes(1);

	private static final Duration MOST = Duration.ofDays(30);

	public JobRetention {
		check("jobs.retention", retention);
		check("jobs.partition-width", partitionWidth);
		if (partitionWidth.toMillis() % LEAST.toMillis() != 0) {
			throw new IllegalArgumentException("jobs.partition-width must be whole minutes, not " + partitionWidth);
		}
	}

	/**
	 * The retention as the SQL function {@code job_horizon} takes it, in milliseconds.
	 */
	public long millis() {
		return this.retention.toMillis();
	}

	/**
	 * When the job of this id is gone, as an HTTP-date for {@code Sunset} (RFC 8594). Cut
	 * to the second: up to then it is there, and by the next second it is not.
	 */
	public String sunset(JobId id) {
		return Timestamps.httpDate(JobId.createdAtMillis(id.value()) + millis());
	}

	private static void check(String name, Duration value) {
		if (value.compareTo(LEAST) < 0 || value.compareTo(MOST) > 0) {
			throw new IllegalArgumentException(name + " must be between 1m and 30d, not " + value);
		}
	}

}
