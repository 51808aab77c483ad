package io.surveycoder.jobs.job.submit;

import io.surveycoder.jobs.http.ApiException;
import io.surveycoder.jobs.http.RawJson;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What metadata may hold (contract §2, submit).
 */
final class MetadataRules {

	private static final int MOST_MEMBERS = 16;

	private static final int LONGEST_NAME = 40;

	private static final int LONGEST_VALUE = 500;

	private static final JsonMapper json = JsonMapper.shared();

	private MetadataRules() {
	}

	/**
	 * Does nothing if the metadata is fine.
	 * @throws ApiException 422 that names what is not
	 */
	static void check(RawJson metadata) {
		JsonNode members = json.readTree(metadata.text());
		if (members.size() > MOST_MEMBERS) {
			throw ApiException.invalid("metadata must have at most " + MOST_MEMBERS + " members");
		}
		members.forEachEntry((name, value) -> {
			if (name.codePointCount(0, name.length()) > LONGEST_NAME) {
				throw ApiException
					.invalid("metadata: a member's name must have at most " + LONGEST_NAME + " characters");
			}
			if (!value.isString()) {
				throw ApiException.invalid("metadata." + name + " must be a string");
			}
			String text = value.stringValue();
			if (text.codePointCount(0, text.length()) > LONGEST_VALUE) {
				throw ApiException.invalid("metadata." + name + " must have at most " + LONGEST_VALUE + " characters");
			}
		});
	}

}
