package io.surveycoder.jobs.http;

import java.util.UUID;

import io.surveycoder.jobs.testing.ErrorEnvelope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.mock.web.MockHttpServletRequest;

import static org.assertj.core.api.Assertions.assertThat;

class RequestIdTests {

	private static final String ID = "0f8fad5b-d9cb-469f-a165-70867728950e";

	private final MockHttpServletRequest request = new MockHttpServletRequest();

	@ParameterizedTest
	@ValueSource(strings = { ID, "0F8FAD5B-D9CB-469F-A165-70867728950E", "00000000-0000-0000-0000-000000000000" })
	void uuidOfTheCallerIsKeptAsItWasSpelled(String sent) {
		this.request.addHeader(RequestId.HEADER, sent);
		assertThat(RequestId.of(this.request)).isEqualTo(new RequestId(sent, true));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "mine", "0f8fad5bd9cb469fa16570867728950e", "{0f8fad5b-d9cb-469f-a165-70867728950e}",
			"0f8fad5b-d9cb-469f-a165-70867728950e1", "0f8fad5b-d9cb-469f-a165-70867728950g", "1-2-3-4-5", ID + "\n" })
	void anythingElseIsReplaced(String sent) {
		this.request.addHeader(RequestId.HEADER, sent);
		assertFresh(RequestId.of(this.request), sent);
	}

	@Test
	void twoOfThemAreReplaced() {
		this.request.addHeader(RequestId.HEADER, ID);
		this.request.addHeader(RequestId.HEADER, ID);
		assertFresh(RequestId.of(this.request), ID);
	}

	@Test
	void missingOneIsMadeOnceForTheWholeRequest() {
		RequestId made = RequestId.of(this.request);
		assertFresh(made, ID);
		assertThat(RequestId.of(this.request)).isEqualTo(made);
		assertThat(RequestId.of(new MockHttpServletRequest())).isNotEqualTo(made);
	}

	private static void assertFresh(RequestId id, String sent) {
		assertThat(id.value()).matches(ErrorEnvelope.UUID_FORM).isNotEqualTo(sent);
		assertThat(UUID.fromString(id.value())).returns(4, UUID::version).returns(2, UUID::variant);
		assertThat(id.fromCaller()).isFalse();
	}

}
