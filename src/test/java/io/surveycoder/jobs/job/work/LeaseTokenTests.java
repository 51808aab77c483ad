package io.surveycoder.jobs.job.work;

import java.util.Base64;
import java.util.UUID;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class LeaseTokenTests {

	@Test
	void tokenSurvivesTheWire() {
		for (String organization : new String[] { "org_5f2b8c1d9e3a4b6c7d8e9f01", "org_000000000000000000000000",
				"org_ffffffffffffffffffffffff" }) {
			LeaseToken token = new LeaseToken(organization, UUID.randomUUID());
			assertThat(LeaseToken.parse(token.wire())).contains(token);
			assertThat(token.wire()).matches("lse_[A-Za-z0-9_-]{38}");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "lse_", "lse", "null", "lse_!", "lse_\u0000", "lse_é", "lse_====",
			"X1KLjB2eOktsfY6fAQoLDA0ODxAREhMUFRYXGA", "LSE_X1KLjB2eOktsfY6fAQoLDA0ODxAREhMUFRYXGA",
			"lse_X1KLjB2eOktsfY6fAQoLDA0ODxAREhMUFRYXG\n", " lse_X1KLjB2eOktsfY6fAQoLDA0ODxAREhMUFRYXGA",
			"lse_X1KLjB2eOktsfY6fAQoLDA0ODxAREhMUFRYXG+", "lse_lse_X1KLjB2eOktsfY6fAQoLDA0ODxAREhMUFRYXGA",
			"org_5f2b8c1d9e3a4b6c7d8e9f01" })
	void garbageIsNoToken(String wire) {
		assertThat(LeaseToken.parse(wire)).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 12, 27, 29, 56 })
	void anotherLengthIsNoToken(int bytes) {
		String wire = "lse_" + Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[bytes]);
		assertThat(LeaseToken.parse(wire)).isEmpty();
	}

	@Test
	void secretIsNotInItsText() {
		LeaseToken token = new LeaseToken("org_5f2b8c1d9e3a4b6c7d8e9f01", UUID.randomUUID());
		assertThat(token.toString()).doesNotContain(token.secret().toString(), token.wire());
	}

	@Test
	void onlyTheSpellingThatWasGivenIsTheToken() {
		String given = new LeaseToken("org_000000000000000000000001", new UUID(1, 2)).wire();
		char last = given.charAt(given.length() - 1);
		assertThat(LeaseToken.parse(given)).isPresent();
		assertThat(LeaseToken.parse(given.substring(0, given.length() - 1) + (char) (last + 1))).isEmpty();
	}

}
