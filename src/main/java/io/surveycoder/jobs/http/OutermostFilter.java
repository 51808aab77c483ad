package io.surveycoder.jobs.http;

import java.io.IOException;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import org.slf4j.MDC;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Names the request ({@code X-Request-Id}, in the log too) and answers for what a filter
 * throws, through the same advice as for controllers.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
final class OutermostFilter extends OncePerRequestFilter {

	private final HandlerExceptionResolver errors;

	OutermostFilter(@Qualifier("handlerExceptionResolver") HandlerExceptionResolver errors) {
		this.errors = errors;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		String id = RequestId.of(request).value();
		response.setHeader(RequestId.HEADER, id);
		try (var _ = MDC.putCloseable("request_id", id)) {
			chain.doFilter(withoutBuiltInAnswers(request), response);
		}
		catch (RuntimeException ex) {
			if (response.isCommitted() || this.errors.resolveException(request, response, null, ex) == null) {
				throw ex;
			}
		}
	}

	// What is logged when a request goes on after it waited bears its name too.
	@Override
	protected boolean shouldNotFilterAsyncDispatch() {
		return false;
	}

	// Servlets answer OPTIONS and TRACE themselves, with 200. Method names are
	// case-sensitive: in lower case these two are just methods that nothing is mapped
	// to, and get the 405 with Allow that any other would.
	private static HttpServletRequest withoutBuiltInAnswers(HttpServletRequest request) {
		return switch (request.getMethod()) {
			case "OPTIONS", "TRACE" -> new HttpServletRequestWrapper(request) {
				@Override
				public String getMethod() {
					return super.getMethod().toLowerCase(java.util.Locale.ROOT);
				}
			};
			default -> request;
		};
	}

}
