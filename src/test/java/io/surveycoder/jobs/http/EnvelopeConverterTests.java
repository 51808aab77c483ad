package io.surveycoder.jobs.http;

import java.io.IOException;
import java.util.Collections;
import java.util.List;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.MediaType;
import org.springframework.mock.http.MockHttpOutputMessage;

import static org.assertj.core.api.Assertions.assertThat;

class EnvelopeConverterTests {

	private final JsonMapper json = JsonMapper.builder().build();

	private final EnvelopeConverter converter = new EnvelopeConverter(this.json);

	@ParameterizedTest
	@CsvSource({ "0, true", "1, true", "1000, true", "20_000, true", "30_000, false", "200_000, false" })
	void answerIsWhatJacksonWritesAndHasALengthUnlessItIsLong(String elements, boolean hasLength) throws IOException {
		List<String> data = Collections.nCopies(Integer.parseInt(elements.replace("_", "")), "9 bytes\u00e9");
		MockHttpOutputMessage message = new MockHttpOutputMessage();
		this.converter.write(Envelope.of(data), MediaType.APPLICATION_JSON, message);
		byte[] expected = this.json.writeValueAsBytes(Envelope.of(data));
		assertThat(message.getBodyAsBytes()).isEqualTo(expected);
		assertThat(message.getHeaders().getContentLength()).isEqualTo(hasLength ? expected.length : -1);
		assertThat(message.getHeaders().getContentType()).isEqualTo(MediaType.APPLICATION_JSON);
	}

	@ParameterizedTest
	@CsvSource({ "10", "300_000" })
	void textInAnAnswerIsWrittenAsItIs(String length) throws IOException {
		RawJson text = new RawJson("{\"a\" :\"" + "\u00e9".repeat(Integer.parseInt(length.replace("_", ""))) + "\"}");
		MockHttpOutputMessage message = new MockHttpOutputMessage();
		this.converter.write(Envelope.of(text), MediaType.APPLICATION_JSON, message);
		assertThat(message.getBodyAsString(java.nio.charset.StandardCharsets.UTF_8))
			.isEqualTo("{\"success\":true,\"data\":" + text.text() + "}");
	}

}
