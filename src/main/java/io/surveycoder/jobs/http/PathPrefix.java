package io.surveycoder.jobs.http;

import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.server.RequestPath;
import org.springframework.web.util.ServletRequestPathUtils;

/**
 * What the server is set to put before every path of the API, with
 * {@code server.servlet.context-path} and {@code spring.mvc.servlet.path}.
 */
public final class PathPrefix {

	private PathPrefix() {
	}

	/**
	 * For what tells a client where to go on: a path behind this is one that it can ask
	 * for.
	 * @param request in a controller
	 * @return empty where nothing is set
	 */
	public static String of(HttpServletRequest request) {
		RequestPath path = ServletRequestPathUtils.getParsedRequestPath(request);
		String whole = path.value();
		return whole.substring(0, whole.length() - path.pathWithinApplication().value().length());
	}

}
