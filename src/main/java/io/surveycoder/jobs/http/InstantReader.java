package io.surveycoder.jobs.http;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.StdDeserializer;

/**
 * Reads an RFC 3339 timestamp with any offset, in the years 0001 to 9999 of UTC: the year
 * 0 has no place in PostgreSQL's calendar, and an offset may lead out of four digits.
 */
final class InstantReader extends StdDeserializer<Instant> {

	private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");

	private static final Instant END = Instant.parse("+10000-01-01T00:00:00Z");

	InstantReader() {
		super(Instant.class);
	}

	@Override
	public Instant deserialize(JsonParser parser, DeserializationContext context) {
		String field = JsonFields.path(parser.streamReadContext());
		if (parser.hasToken(JsonToken.VALUE_STRING)) {
			try {
				Instant instant = OffsetDateTime.parse(parser.getString()).toInstant();
				if (!instant.isBefore(FIRST) && instant.isBefore(END)) {
					// Times are kept to the millisecond; rounded up, the last one would
					// leave the year.
					return instant.truncatedTo(ChronoUnit.MILLIS);
				}
			}
			catch (DateTimeParseException _) {
				// Said below.
			}
		}
		throw ApiException.invalid(field + " must be an RFC 3339 timestamp such as 2026-05-01T12:34:56Z");
	}

}
