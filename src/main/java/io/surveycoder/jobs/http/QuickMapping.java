package io.surveycoder.jobs.http;

import java.lang.reflect.Method;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.util.ServletRequestPathUtils;

/**
 * Spring's mapping of requests to methods, which compares media types and more of each
 * request with every method there is before it looks at the path. Here the ends of the
 * path are looked at first, which leaves one method or two.
 */
class QuickMapping extends RequestMappingHandlerMapping {

	private final Map<RequestMappingInfo, Ends> ends = new IdentityHashMap<>();

	@Override
	protected void registerHandlerMethod(Object handler, Method method, RequestMappingInfo mapping) {
		super.registerHandlerMethod(handler, method, mapping);
		List<String> patterns = List.copyOf(mapping.getPatternValues());
		// Wildcards are left to Spring.
		if (patterns.size() == 1 && !patterns.getFirst().matches(".*[*?].*")) {
			this.ends.put(mapping, Ends.of(patterns.getFirst()));
		}
	}

	@Override
	protected @Nullable RequestMappingInfo getMatchingMapping(RequestMappingInfo mapping, HttpServletRequest request) {
		Ends known = this.ends.get(mapping);
		if (known != null) {
			String path = ServletRequestPathUtils.getParsedRequestPath(request).pathWithinApplication().value();
			if (known.excludes(path)) {
				return null;
			}
		}
		return super.getMatchingMapping(mapping, request);
	}

	/**
	 * What is around the variable parts of a pattern.
	 */
	private record Ends(String first, String last) {

		static Ends of(String pattern) {
			int begin = pattern.indexOf('{');
			return (begin < 0) ? new Ends(pattern, pattern)
					: new Ends(pattern.substring(0, begin), pattern.substring(pattern.lastIndexOf('}') + 1));
		}

		// Encoded characters and parameters of a segment are left to Spring.
		boolean excludes(String path) {
			return !(path.startsWith(this.first) && path.endsWith(this.last)) && path.indexOf('%') < 0
					&& path.indexOf(';') < 0;
		}

	}

}
