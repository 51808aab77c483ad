package io.surveycoder.jobs.access;

import java.io.IOException;
import java.util.Collections;
import java.util.List;

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
 * Asks for a key under {@code /v2} and {@code /internal}, before anything else is looked
 * at (contract §1, methods).
 */
@Component
@Order(AccessRules.AUTHENTICATION)
final class AuthenticationFilter extends OncePerRequestFilter {

	static final String HEADER = "x-api-key";

	private final Authenticator authenticator;

	AuthenticationFilter(Authenticator authenticator) {
		this.authenticator = authenticator;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		switch (AccessRules.areaOf(request)) {
			case PUBLIC_API -> {
				response.setHeader(HttpHeaders.CACHE_CONTROL, "private, no-cache");
				response.setHeader(HttpHeaders.VARY, "x-api-key, Accept");
				authenticate(request);
			}
			case SERVICE_SIDE -> {
				response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
				authenticate(request);
			}
			case OPEN -> {
			}
		}
		chain.doFilter(request, response);
	}

	private void authenticate(HttpServletRequest request) {
		List<String> sent = Collections.list(request.getHeaders(HEADER));
		if (sent.isEmpty() || (sent.size() == 1 && sent.getFirst().isBlank())) {
			throw new ApiException(ErrorCode.UNAUTHORIZED, "x-api-key header is required");
		}
		if (sent.size() > 1) {
			throw new ApiException(ErrorCode.UNAUTHORIZED, "x-api-key header must be sent once");
		}
		String hash = this.authenticator.hash(sent.getFirst());
		this.authenticator.authenticate(hash).attachTo(request);
		KeyStanding standing = () -> this.authenticator.authenticate(hash);
		standing.attachTo(request);
	}

}
