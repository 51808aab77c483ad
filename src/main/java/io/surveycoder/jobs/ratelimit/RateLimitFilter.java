package io.surveycoder.jobs.ratelimit;

import java.io.IOException;
import java.time.InstantSource;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.VerboseResult;
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
import org.springframework.web.util.ServletRequestPathUtils;

/**
 * Charges every authenticated request one unit and says on the answer what is left
 * (contract §1). A refused one costs nothing, and a 304 neither: {@link Charge}.
 */
@Component
@Order(AccessRules.RATE_LIMIT)
final class RateLimitFilter extends OncePerRequestFilter {

	private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

	private static final Pattern CONDITIONAL = Pattern.compile("/v2/jobs(/job_[a-f0-9]{24})?");

	private final RateLimiter limiter;

	private final InstantSource clock = InstantSource.system();

	RateLimitFilter(RateLimiter limiter) {
		this.limiter = limiter;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		Caller caller = Caller.of(request).orElse(null);
		OptionalInt limit = (caller != null) ? this.limiter.limitOf(caller) : OptionalInt.empty();
		if (caller != null && limit.isPresent()) {
			Charge charge = new Charge(() -> take(caller.keyId(), limit.getAsInt(), response),
					() -> look(caller.keyId(), limit.getAsInt(), response));
			if (dependsOnItsAnswer(request)) {
				charge.attachTo(request);
			}
			else {
				charge.insist();
			}
		}
		chain.doFilter(request, response);
	}

	// Only where somebody settles it: a path that is spelled otherwise pays first.
	private static boolean dependsOnItsAnswer(HttpServletRequest request) {
		return request.getHeader(HttpHeaders.IF_NONE_MATCH) != null
				&& (request.getMethod().equals("GET") || request.getMethod().equals("HEAD"))
				&& CONDITIONAL.matcher(ServletRequestPathUtils.parse(request).pathWithinApplication().value())
					.matches();
	}

	private void take(String keyId, int limit, HttpServletResponse response) {
		ConsumptionProbe probe = this.limiter.take(keyId, limit);
		tell(response, limit, probe.getRemainingTokens(), probe.getNanosToWaitForReset());
		if (!probe.isConsumed()) {
			long seconds = (long) Math.ceil(probe.getNanosToWaitForRefill() / NANOS_PER_SECOND);
			throw new ApiException(ErrorCode.RATE_LIMITED,
					"This API key may make " + limit + " requests a minute; try again in " + seconds + " s")
				.with(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
		}
	}

	private void look(String keyId, int limit, HttpServletResponse response) {
		VerboseResult<Long> there = this.limiter.look(keyId, limit);
		tell(response, limit, there.getValue(), there.getDiagnostics().calculateFullRefillingTime());
	}

	private void tell(HttpServletResponse response, int limit, long remaining, long nanosToReset) {
		response.setHeader("X-RateLimit-Limit", Integer.toString(limit));
		response.setHeader("X-RateLimit-Remaining", Long.toString(remaining));
		response.setHeader("X-RateLimit-Reset",
				Long.toString((long) Math.ceil(this.clock.millis() / 1e3 + nanosToReset / NANOS_PER_SECOND)));
	}

}
