package io.surveycoder.jobs.ratelimit;

import java.io.IOException;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;

import io.github.bucket4j.ConsumptionProbe;
import io.surveycoder.jobs.access.AccessRules;
import io.surveycoder.jobs.access.Caller;
import io.surveycoder.jobs.http.ApiException;
import io.surveycoder.jobs.http.ErrorCode;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Charges every authenticated request one unit and says on the answer what is left
 * (contract §1). A refused one costs nothing.
 */
@Component
@Order(AccessRules.RATE_LIMIT)
final class RateLimitFilter extends OncePerRequestFilter {

	private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

	private final RateLimiter limiter;

	private final InstantSource clock = InstantSource.system();

	RateLimitFilter(RateLimiter limiter) {
		this.limiter = limiter;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		Caller.of(request)
			.ifPresent((caller) -> this.limiter.limitOf(caller)
				.ifPresent((limit) -> charge(caller.keyId(), limit, response)));
		chain.doFilter(request, response);
	}

	private void charge(String keyId, int limit, HttpServletResponse response) {
		ConsumptionProbe probe = this.limiter.take(keyId, limit);
		response.setHeader("X-RateLimit-Limit", Integer.toString(limit));
		response.setHeader("X-RateLimit-Remaining", Long.toString(probe.getRemainingTokens()));
		response.setHeader("X-RateLimit-Reset", Long
			.toString((long) Math.ceil(this.clock.millis() / 1e3 + probe.getNanosToWaitForReset() / NANOS_PER_SECOND)));
		if (!probe.isConsumed()) {
			long seconds = (long) Math.ceil(probe.getNanosToWaitForRefill() / NANOS_PER_SECOND);
			throw new ApiException(ErrorCode.RATE_LIMITED,
					"This API key may make " + limit + " requests a minute; try again in " + seconds + " s")
				.with(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
		}
	}

}
