package io.surveycoder.jobs.http;

import java.nio.charset.StandardCharsets;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamContext;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.StdDeserializer;

/**
 * Cuts a {@link RawJson} out of the text that is being parsed, by walking over it.
 */
final class RawJsonReader extends StdDeserializer<RawJson> {

	/**
	 * The reader's attribute that holds the text being parsed.
	 */
	static final String SOURCE = "source";

	RawJsonReader() {
		super(RawJson.class);
	}

	@Override
	public RawJson deserialize(JsonParser parser, DeserializationContext context) {
		String field = JsonFields.pathOfValue(parser);
		if (!parser.hasToken(JsonToken.START_OBJECT)) {
			throw ApiException.invalid(field + " must be a JSON object");
		}
		int start = (int) parser.currentTokenLocation().getCharOffset();
		int depth = 1;
		while (depth > 0) {
			JsonToken token = parser.nextToken();
			if (token.isStructStart() && ++depth > RawJson.MAX_DEPTH) {
				throw ApiException.invalid(field + " is nested deeper than " + RawJson.MAX_DEPTH + " levels");
			}
			if (token.isStructEnd()) {
				depth--;
			}
		}
		int end = (int) parser.currentLocation().getCharOffset();
		String text = ((String) context.getAttribute(SOURCE)).substring(start, end);
		// Only past a third of the limit can UTF-8 exceed it.
		if (text.length() > RawJson.MAX_BYTES / 3 && text.getBytes(StandardCharsets.UTF_8).length > RawJson.MAX_BYTES) {
			throw new ApiException(ErrorCode.PAYLOAD_TOO_LARGE, field + " is larger than 8 MiB");
		}
		return new RawJson(text);
	}

}
