package io.surveycoder.jobs.http;

import java.util.List;

import tools.jackson.core.TokenStreamContext;
import tools.jackson.core.JacksonException;

/**
 * Names a place in a request body as its sender would: {@code jobs[3].lease_token}.
 */
final class JsonFields {

	private JsonFields() {
	}

	static String path(TokenStreamContext context) {
		StringBuilder path = new StringBuilder();
		append(path, context);
		return path.isEmpty() ? "The body" : path.toString();
	}

	private static void append(StringBuilder path, TokenStreamContext context) {
		if (context == null || context.inRoot()) {
			return;
		}
		append(path, context.getParent());
		if (context.inArray()) {
			path.append('[').append(context.getCurrentIndex()).append(']');
		}
		else if (context.currentName() != null) {
			path.append(path.isEmpty() ? "" : ".").append(context.currentName());
		}
	}

	static String path(List<JacksonException.Reference> references) {
		StringBuilder path = new StringBuilder();
		for (JacksonException.Reference reference : references) {
			if (reference.getPropertyName() != null) {
				path.append(path.isEmpty() ? "" : ".").append(reference.getPropertyName());
			}
			else {
				path.append('[').append(reference.getIndex()).append(']');
			}
		}
		return path.isEmpty() ? "The body" : path.toString();
	}

	/**
	 * {@code leaseSeconds} is {@code lease_seconds} on the wire.
	 */
	static String wireName(String javaPath) {
		return javaPath.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(java.util.Locale.ROOT);
	}

}
