package io.surveycoder.jobs.http;

import java.util.List;

import tools.jackson.core.JsonParser;
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

	/**
	 * The place of the value that the parser stands at the beginning of.
	 */
	static String pathOfValue(JsonParser parser) {
		TokenStreamContext place = parser.streamReadContext();
		return path((parser.currentToken().isStructStart()) ? place.getParent() : place);
	}

	/**
	 * At most 100 characters of what a client made up.
	 */
	static String shortened(String text) {
		return (text.length() <= 100) ? text : text.substring(0, 100) + "…";
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
	 * {@code leaseSeconds} is {@code lease_seconds} on the wire, and an element of a list
	 * is just its index.
	 */
	static String wireName(String javaPath) {
		return javaPath.replaceAll("\\.<[^>]*>", "")
			.replaceAll("([a-z0-9])([A-Z])", "$1_$2")
			.toLowerCase(java.util.Locale.ROOT);
	}

}
