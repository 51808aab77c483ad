package io.surveycoder.jobs.webhook;

import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

import org.springframework.stereotype.Component;

/**
 * What is delivered by this instance, and what waits for any of them. The latter is
 * measured once a minute, so that a scrape costs no statement.
 */
@Component
class DeliveryMeters {

	private final Counter succeeded;

	private final Counter failed;

	private final Counter exhausted;

	private final Timer answers;

	private volatile double pending = Double.NaN;

	private volatile double oldestDue = Double.NaN;

	DeliveryMeters(MeterRegistry meters) {
		this.succeeded = attempts(meters, "succeeded");
		this.failed = attempts(meters, "failed");
		this.exhausted = attempts(meters, "exhausted");
		this.answers = Timer.builder("jobs.webhooks.attempt.duration")
			.description("From the beginning of an attempt to the end of the answer, or to the time-out")
			.register(meters);
		Gauge.builder("jobs.webhooks.pending", this, (self) -> self.pending)
			.description("Deliveries that are to be sent or repeated, of all instances; counted up to 100,000")
			.register(meters);
		Gauge.builder("jobs.webhooks.oldest.due", this, (self) -> self.oldestDue)
			.baseUnit("seconds")
			.description("For how long the one has been due that has waited longest")
			.register(meters);
	}

	private static Counter attempts(MeterRegistry meters, String outcome) {
		return Counter.builder("jobs.webhooks.attempts")
			.tag("outcome", outcome)
			.description("Attempts to deliver, by what became of them; exhausted: the last one failed")
			.register(meters);
	}

	void attempted(int attempt, AttemptResult result) {
		Counter outcome = result.isSuccess() ? this.succeeded
				: Attempts.delayAfter(attempt).isPresent() ? this.failed : this.exhausted;
		outcome.increment();
		this.answers.record(result.duration().toNanos(), TimeUnit.NANOSECONDS);
	}

	void measured(long pending, double oldestDueSeconds) {
		this.pending = pending;
		this.oldestDue = oldestDueSeconds;
	}

}
