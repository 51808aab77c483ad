package io.surveycoder.jobs.job.poll;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.mock.web.MockHttpServletRequest;

import static org.assertj.core.api.Assertions.assertThat;

class EntityTagTests {

	private final MockHttpServletRequest request = new MockHttpServletRequest();

	@Test
	void tagOfAVersionIsStrongAndAnotherForEach() {
		assertThat(EntityTag.ofVersion(1_777_638_896_789L)).isEqualTo("\"momwav85\"");
		assertThat(EntityTag.ofVersion(1)).isNotEqualTo(EntityTag.ofVersion(2));
	}

	@Test
	void tagOfABodyIsStrongAndAnotherForEach() {
		String tag = EntityTag.ofBody("abc".getBytes(StandardCharsets.UTF_8));
		assertThat(tag).isEqualTo("\"ungWv48Bz-pBQUDeXa4iIw\"")
			.isNotEqualTo(EntityTag.ofBody("abd".getBytes(StandardCharsets.UTF_8)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "\"a1\"", "W/\"a1\"", "*", "\"x\", \"a1\"", "\"x\",W/\"a1\" , \"y\"", "  \"a1\"" })
	void tagIsFoundHoweverItIsListed(String value) {
		this.request.addHeader("If-None-Match", value);
		assertThat(EntityTag.isWithClient(this.request, "\"a1\"")).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "a1", "\"a\"", "\"A1\"", "\"a1", "\"a11\"", "\"x\"", "W/\"x\"", "\"*\"", "\"\"" })
	void nothingElseIsTaken(String value) {
		this.request.addHeader("If-None-Match", value);
		assertThat(EntityTag.isWithClient(this.request, "\"a1\"")).isFalse();
	}

	@Test
	void headerMayBeSentTwiceOrNotAtAll() {
		assertThat(EntityTag.isWithClient(this.request, "\"a1\"")).isFalse();
		this.request.addHeader("If-None-Match", "\"x\"");
		this.request.addHeader("If-None-Match", "\"a1\"");
		assertThat(EntityTag.isWithClient(this.request, "\"a1\"")).isTrue();
	}

}
