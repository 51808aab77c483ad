package io.surveycoder.jobs.access;

import java.lang.reflect.Method;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import io.surveycoder.jobs.http.ApiException;
import io.surveycoder.jobs.http.ErrorCode;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.http.server.PathContainer.PathSegment;
import org.springframework.stereotype.Component;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.util.ServletRequestPathUtils;

/**
 * Where a key is asked for, and what it must be good for.
 */
@Component
public final class AccessRules implements HandlerInterceptor {

	/**
	 * Filter order: first the caller is known …
	 */
	public static final int AUTHENTICATION = 0;

	/**
	 * … then it pays for the request, whatever comes of it …
	 */
	public static final int RATE_LIMIT = 1;

	/**
	 * … then it must be in the right part of the API.
	 */
	public static final int AREA = 2;

	private static final String AREA_ATTRIBUTE = Area.class.getName();

	// Annotations are searched for anew each time they are asked for.
	private final Map<Handler, Scope> scopes = new ConcurrentHashMap<>();

	AccessRules() {
	}

	enum Area {

		/**
		 * {@code /v2}: for organizations.
		 */
		PUBLIC_API(Scope.READ),
		/**
		 * {@code /internal}: for the operator's own back ends and workers.
		 */
		SERVICE_SIDE(Scope.SERVICE),
		/**
		 * Everything else: no key.
		 */
		OPEN(null);

		private final @Nullable Scope leastScope;

		Area(@Nullable Scope leastScope) {
			this.leastScope = leastScope;
		}

	}

	/**
	 * The part of the API that a request is for; found out once.
	 */
	static Area areaOf(HttpServletRequest request) {
		if (request.getAttribute(AREA_ATTRIBUTE) instanceof Area known) {
			return known;
		}
		Area area = parse(request);
		request.setAttribute(AREA_ATTRIBUTE, area);
		return area;
	}

	// The path is decoded as the dispatcher decodes it, or /%762/jobs would slip past.
	private static Area parse(HttpServletRequest request) {
		return ServletRequestPathUtils.parse(request)
			.pathWithinApplication()
			.elements()
			.stream()
			.filter(PathSegment.class::isInstance)
			.map((element) -> ((PathSegment) element).valueToMatch())
			.findFirst()
			.map((first) -> switch (first) {
				case "v2" -> Area.PUBLIC_API;
				case "internal" -> Area.SERVICE_SIDE;
				default -> Area.OPEN;
			})
			.orElse(Area.OPEN);
	}

	/**
	 * Keeps organization keys out of the service side and service keys out of the public
	 * API, on unknown paths too.
	 */
	static void checkArea(HttpServletRequest request) {
		Area area = areaOf(request);
		Caller caller = Caller.of(request).orElse(null);
		if (caller != null && area.leastScope != null && caller.isService() == area.leastScope.isForOrganizations()) {
			throw insufficient(area.leastScope, caller.scopes());
		}
	}

	@Override
	public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
		if (handler instanceof HandlerMethod method && areaOf(request) != Area.OPEN) {
			Scope needed = this.scopes.computeIfAbsent(new Handler(method.getBeanType(), method.getMethod()),
					(_) -> scopeOf(method));
			Caller caller = Caller.of(request).orElseThrow();
			if (!caller.scopes().contains(needed)) {
				throw insufficient(needed, caller.scopes());
			}
		}
		return true;
	}

	private static Scope scopeOf(HandlerMethod method) {
		RequiredScope rule = method.getMethodAnnotation(RequiredScope.class);
		if (rule == null) {
			rule = AnnotatedElementUtils.findMergedAnnotation(method.getBeanType(), RequiredScope.class);
		}
		if (rule == null) {
			throw new IllegalStateException(method + " lacks @RequiredScope");
		}
		return rule.value();
	}

	private record Handler(Class<?> type, Method method) {
	}

	private static ApiException insufficient(Scope needed, Set<Scope> held) {
		return new ApiException(ErrorCode.INSUFFICIENT_SCOPE, "This needs an API key with scope '" + needed.wire()
				+ "'; the key has " + held.stream().map(Scope::wire).collect(Collectors.joining("', '", "'", "'")));
	}

}
