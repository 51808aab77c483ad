package io.surveycoder.jobs.access;

import java.io.IOException;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Applies {@link AccessRules#checkArea} after the rate limit, so that a refusal costs a
 * unit and carries its headers like any other answer.
 */
@Component
@Order(AccessRules.AREA)
final class AreaFilter extends OncePerRequestFilter {

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		AccessRules.checkArea(request);
		chain.doFilter(request, response);
	}

}
