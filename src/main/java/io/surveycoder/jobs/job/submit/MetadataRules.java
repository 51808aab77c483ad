package io.surveycoder.jobs.job.submit;

import java.util.HashSet;
import java.util.Set;

import io.surveycoder.jobs.http.ApiException;
import io.surveycoder.jobs.http.RawJson;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * What metadata may hold (contract §2, submit).
 */
final class MetadataRules {

	private static final int MOST_MEMBERS = 16;

	private static final int LONGEST_NAME = 40;

	private static final int LONGEST_VALUE = 500;

	private static final JsonFactory json = JsonFactory.builder()
		.streamReadConstraints(StreamReadConstraints.builder()
			.maxNameLength(RawJson.MAX_BYTES)
			.maxNumberLength(RawJson.MAX_BYTES)
			.build())
		.build();

	private MetadataRules() {
	}

	/**
	 * Does nothing if the metadata is fine.
	 * @param field its name in the body
	 * @throws ApiException 422 that names what is not
	 */
	static void check(RawJson metadata, String field) {
		Set<String> names = new HashSet<>();
		try (JsonParser members = json.createParser(ObjectReadContext.empty(), metadata.text())) {
			members.nextToken();
			while (members.nextToken() != JsonToken.END_OBJECT) {
				String name = members.currentName();
				if (name.codePointCount(0, name.length()) > LONGEST_NAME) {
					throw ApiException
						.invalid(field + ": a member's name must have at most " + LONGEST_NAME + " characters");
				}
				if (!names.add(name)) {
					throw ApiException.invalid(field + "." + name + " must be given once");
				}
				if (names.size() > MOST_MEMBERS) {
					throw ApiException.invalid(field + " must have at most " + MOST_MEMBERS + " members");
				}
				if (members.nextToken() != JsonToken.VALUE_STRING) {
					throw ApiException.invalid(field + "." + name + " must be a string");
				}
				String text = members.getString();
				if (text.codePointCount(0, text.length()) > LONGEST_VALUE) {
					throw ApiException
						.invalid(field + "." + name + " must have at most " + LONGEST_VALUE + " characters");
				}
			}
		}
	}

}
