package io.surveycoder.jobs.http;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.StdDeserializer;

/**
 * Reads an RFC 3339 timestamp with any offset; its year has four digits, as there.
 */
final class InstantReader extends StdDeserializer<Instant> {

	InstantReader() {
		super(Instant.class);
	}

	@Override
	public Instant deserialize(JsonParser parser, DeserializationContext context) {
		String field = JsonFields.path(parser.streamReadContext());
		if (parser.hasToken(JsonToken.VALUE_STRING)) {
			try {
				OffsetDateTime time = OffsetDateTime.parse(parser.getString());
				if (time.getYear() >= 0 && time.getYear() <= 9999) {
					return time.toInstant();
				}
			}
			catch (DateTimeParseException _) {
				// Said below.
			}
		}
		throw ApiException.invalid(field + " must be an RFC 3339 timestamp such as 2026-05-01T12:34:56Z");
	}

}
