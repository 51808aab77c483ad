package io.surveycoder.jobs.http;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.StdDeserializer;

/**
 * Reads a string where one stands, and looks at nothing else: Jackson would first read a
 * number of any length, to say that it is none.
 */
final class TextReader extends StdDeserializer<String> {

	TextReader() {
		super(String.class);
	}

	@Override
	public String deserialize(JsonParser parser, DeserializationContext context) {
		if (!parser.hasToken(JsonToken.VALUE_STRING)) {
			throw ApiException.invalid(JsonFields.pathOfValue(parser) + " must be a string");
		}
		return parser.getString();
	}

}
