package io.surveycoder.jobs.ratelimit;

import java.time.Duration;
import java.util.OptionalInt;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.VerboseResult;
import io.surveycoder.jobs.access.Caller;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.stereotype.Component;

/**
 * A key's budget: a bucket of N tokens refilled evenly over a minute, so that N requests
 * pass in a burst and the next waits for its token (contract §1). Counted per instance
 * for now: {@link #take} is the seam where the budget becomes one for all of them.
 */
@Component
class RateLimiter {

	private static final Duration PERIOD = Duration.ofMinutes(1);

	private static final int MOST_BUCKETS = 100_000;

	private final Settings settings;

	// A bucket untouched for the period is full again, as a new one would be.
	private final Cache<Budgeted, Bucket> buckets = Caffeine.newBuilder()
		.maximumSize(MOST_BUCKETS)
		.expireAfterAccess(PERIOD.multipliedBy(2))
		.build();

	RateLimiter(Settings settings) {
		this.settings = settings;
	}

	/**
	 * The most requests a minute for this caller; empty when it has no limit. Service
	 * keys have one only if it was given to them (contract §2).
	 */
	OptionalInt limitOf(Caller caller) {
		Integer own = caller.requestsPerMinute();
		int limit = (own != null) ? own : caller.isService() ? 0 : this.settings.requestsPerMinute;
		return (limit == 0) ? OptionalInt.empty() : OptionalInt.of(limit);
	}

	/**
	 * Takes one token, if there is one.
	 */
	ConsumptionProbe take(String keyId, int limit) {
		return bucket(keyId, limit).tryConsumeAndReturnRemaining(1);
	}

	/**
	 * What is there, with nothing taken.
	 */
	VerboseResult<Long> look(String keyId, int limit) {
		return bucket(keyId, limit).asVerbose().getAvailableTokens();
	}

	private Bucket bucket(String keyId, int limit) {
		return this.buckets.get(new Budgeted(keyId, limit), RateLimiter::bucket);
	}

	private static Bucket bucket(Budgeted key) {
		return Bucket.builder().addLimit((limit) -> limit.capacity(key.limit).refillGreedy(key.limit, PERIOD)).build();
	}

	private record Budgeted(String keyId, int limit) {
	}

	/**
	 * The limit of organization keys that have none of their own.
	 *
	 * @param requestsPerMinute 0 to 1,000,000; 0: unlimited
	 */
	@ConfigurationProperties("jobs.rate-limit")
	record Settings(@DefaultValue("60") int requestsPerMinute) {

		Settings {
			if (requestsPerMinute < 0 || requestsPerMinute > 1_000_000) {
				throw new IllegalArgumentException(
						"jobs.rate-limit.requests-per-minute must be 0 (unlimited) to 1000000, not "
								+ requestsPerMinute);
			}
		}

	}

}
