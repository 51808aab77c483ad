package io.surveycoder.jobs.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.validation.Valid;
import jakarta.validation.Validation;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.mock.http.MockHttpInputMessage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * What a request body may be, and how it is told what is wrong with it (contract §2).
 */
class JsonBodyConverterTests {

	private static final JsonBodyConverter converter = new JsonBodyConverter(
			Validation.buildDefaultValidatorFactory().getValidator());

	@Test
	@Timeout(10)
	void numberOfTwentyMillionDigitsIsRefusedWithoutReadingIt() {
		assertThat(refusal("{\"name\":" + "9".repeat(20_000_000) + "}")).isEqualTo("name must be a string");
	}

	@Test
	void nameThatAClientMadeUpIsRepeatedInPart() {
		assertThat(refusal("{\"" + "n".repeat(5000) + "\":1}")).hasSizeLessThan(300).startsWith("Unknown field nnnn");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "{", "}", "{\"name\":\"a\"", "{\"name\":\"a\"}}", "{\"name\":\"a\"} x",
			"{\"name\":\"a\"}{}", "{name:\"a\"}", "{'name':'a'}", "{\"name\":\"a\",}", "{\"name\" \"a\"}",
			"{\"name\":\"a\"/* why */}", "# why\n{}", "{\"count\":01}", "{\"count\":NaN}", "{\"count\":+1}",
			"{\"count\":.5}", "{\"count\":1.}", "{\"count\":-}", "{\"name\":\"\\x\"}", "{\"name\":\"\\u12\"}",
			"{\"name\":\"a\nb\"}", "\ufeff{\"name\":\"a\"}", "{\"raw\":{\"a\":}}", "{\"raw\":{\"a\":tru}}", "nul" })
	void whatIsNotJsonIsInvalidJson(String body) {
		assertThat(refusal(body)).isEqualTo("Invalid JSON");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					null                                    | The body must be a JSON object
					[]                                      | The body must be a JSON object
					[{"name":"a"}]                          | The body must be a JSON object
					"name"                                  | The body must be a JSON object
					1                                       | The body must be a JSON object
					true                                    | The body must be a JSON object
					{"nmae":"a"}                            | Unknown field nmae; known here: at, child, children, count, lease_seconds, name, raw, yes
					{"child":{"nmae":"a"}}                  | Unknown field child.nmae; known here: size
					{"children":[{"size":1},{"siez":1}]}    | Unknown field children[1].siez; known here: size
					{"name":1}                              | name must be a string
					{"name":1.5}                            | name must be a string
					{"name":true}                           | name must be a string
					{"name":{}}                             | name must be a string
					{"name":[]}                             | name must be a string
					{"name":["a"]}                          | name must be a string
					{"count":"5"}                           | count must be an integer of at most 2147483647
					{"count":""}                            | count must be an integer of at most 2147483647
					{"count":1.5}                           | count must be an integer of at most 2147483647
					{"count":1.0}                           | count must be an integer of at most 2147483647
					{"count":1e2}                           | count must be an integer of at most 2147483647
					{"count":1e999999999}                   | count must be an integer of at most 2147483647
					{"count":true}                          | count must be an integer of at most 2147483647
					{"count":{}}                            | count must be an integer of at most 2147483647
					{"count":[1]}                           | count must be an integer of at most 2147483647
					{"count":2147483648}                    | count must be an integer of at most 2147483647
					{"count":-2147483649}                   | count must be an integer of at most 2147483647
					{"count":99999999999999999999999999999} | count must be an integer of at most 2147483647
					{"children":[{"size":1},{"size":"5"}]}  | children[1].size must be an integer of at most 2147483647
					{"children":{"size":1}}                 | children must be an array
					{"children":{}}                         | children must be an array
					{"children":""}                         | children must be an array
					{"children":[1]}                        | children[0] must be a JSON object
					{"child":[]}                            | child must be a JSON object
					{"child":""}                            | child must be a JSON object
					{"child":"x"}                           | child must be a JSON object
					{"yes":"true"}                          | yes must be true or false
					{"yes":1}                               | yes must be true or false
					{"raw":[]}                              | raw must be a JSON object
					{"raw":[{}]}                            | raw must be a JSON object
					{"raw":"{}"}                            | raw must be a JSON object
					{"raw":1}                               | raw must be a JSON object
					{"name":null}                           | name is required
					{}                                      | name is required
					{"name":"a","count":-1}                 | count must be at least 0
					{"name":"a","lease_seconds":-1}         | lease_seconds must be at least 0
					{"name":"a","child":{"size":-1}}        | child.size must be at least 0
					{"name":"a","children":[{"size":-1}]}   | children[0].size must be at least 0
					{"name":"\\u0000"}                      | name must have 1 to 9 characters, none of them U+0000 or half a surrogate pair
					{"name":"\\ud800"}                      | name must have 1 to 9 characters, none of them U+0000 or half a surrogate pair
					{"name":"\\udc00\\ud800"}               | name must have 1 to 9 characters, none of them U+0000 or half a surrogate pair
					""")
	void whatIsWrongIsNamed(String body, String message) {
		assertThat(refusal(body)).isEqualTo(message);
	}

	@ParameterizedTest
	@ValueSource(strings = { "yesterday", "", "2026-05-01", "2026-05-01T12:34:56", "2026-02-30T00:00:00Z",
			"2026-05-01T25:00:00Z", "+12026-05-01T12:34:56Z", "0000-12-31T23:59:59Z", "0001-01-01T00:00:00+18:00",
			"9999-12-31T23:59:59-18:00", "-0001-05-01T12:34:56Z", "1777638896" })
	void whatIsNoTimestampIsNamed(String sent) {
		assertThat(refusal("{\"at\":\"" + sent + "\"}"))
			.isEqualTo("at must be an RFC 3339 timestamp such as 2026-05-01T12:34:56Z");
	}

	@Test
	void numberIsNoTimestamp() {
		assertThat(refusal("{\"at\":1777638896}")).startsWith("at must be an RFC 3339 timestamp");
	}

	@ParameterizedTest
	@CsvSource({ "2026-05-01T12:34:56Z, 2026-05-01T12:34:56Z", "2026-05-01t12:34:56z, 2026-05-01T12:34:56Z",
			"2026-05-01T12:34:56.789+02:00, 2026-05-01T10:34:56.789Z",
			"2026-05-01T00:00:00-05:30, 2026-05-01T05:30:00Z" })
	void timestampIsReadInAnyOffset(String sent, Instant instant) throws IOException {
		assertThat(read("{\"name\":\"a\",\"at\":\"" + sent + "\"}").at()).isEqualTo(instant);
	}

	@Test
	void wholeBodyIsRead() throws IOException {
		assertThat(read("""
				{"name": "\\ud83d\\ude00", "count": 2147483647, "lease_seconds": 0, "yes": false,
				 "child": {"size": 0}, "children": [], "raw": {"b": 1.50, "a" : [1e2, {}]} } \n""")).isEqualTo(
				new Body("\ud83d\ude00", Integer.MAX_VALUE, 0, false, null, new Child(0), List.of(), new RawJson("""
						{"b": 1.50, "a" : [1e2, {}]}""")));
	}

	@Test
	void replacementCharacterThatWasReallySentIsKept() throws IOException {
		assertThat(read("{\"name\":\"\ufffd\"}").name()).isEqualTo("\ufffd");
	}

	@Test
	void bytesThatAreNotUtf8AreInvalidJson() {
		byte[] latin = "{\"name\":\"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1);
		assertThat(refusal(latin)).isEqualTo("Invalid JSON");
		// A surrogate pair in UTF-8, each half by itself.
		byte[] halves = "{\"name\":\"......\"}".getBytes(StandardCharsets.US_ASCII);
		System.arraycopy(new byte[] { (byte) 0xed, (byte) 0xa0, (byte) 0xbd, (byte) 0xed, (byte) 0xb8, (byte) 0x80 }, 0,
				halves, 9, 6);
		assertThat(refusal(halves)).isEqualTo("Invalid JSON");
		assertThat(refusal("{\"name\":\"a\"}".getBytes(StandardCharsets.UTF_16))).isEqualTo("Invalid JSON");
	}

	@Test
	void rawObjectMayBeNestedFiveHundredLevelsAndNoMore() throws IOException {
		assertThat(read("{\"name\":\"a\",\"raw\":" + nested(500) + "}").raw().text()).hasSize(nested(500).length());
		assertThat(refusal("{\"name\":\"a\",\"raw\":" + nested(501) + "}"))
			.isEqualTo("raw is nested deeper than 500 levels");
		assertThat(refusal("{\"name\":\"a\",\"raw\":" + nested(5000) + "}"))
			.isEqualTo("raw is nested deeper than 500 levels");
	}

	@Test
	void rawObjectMayWeighEightMebibytesAndNoMore() throws IOException {
		String fits = "{\"a\":\"" + "\u20ac".repeat((RawJson.MAX_BYTES - 8) / 3) + "\"}";
		int left = RawJson.MAX_BYTES - fits.getBytes(StandardCharsets.UTF_8).length;
		String exact = fits.replace("}", " ".repeat(left) + "}");
		assertThat(read("{\"name\":\"a\",\"raw\":" + exact + "}").raw().text()).isEqualTo(exact);
		ApiException ex = thrown(("{\"name\":\"a\",\"raw\":" + exact.replace("}", " }") + "}"));
		assertThat(ex.code()).isEqualTo(ErrorCode.PAYLOAD_TOO_LARGE);
		assertThat(ex.text()).isEqualTo("raw is larger than 8 MiB");
	}

	@Test
	void bodyPastThirtyTwoMebibytesIsTooLargeWithoutALengthToo() {
		byte[] body = new byte[(32 << 20) + 1];
		Arrays.fill(body, (byte) ' ');
		ApiException ex = thrown(body);
		assertThat(ex.code()).isEqualTo(ErrorCode.PAYLOAD_TOO_LARGE);
	}

	private static String nested(int levels) {
		return "{\"a\":".repeat(levels - 1) + "{}" + "}".repeat(levels - 1);
	}

	private static Body read(String body) throws IOException {
		return read(body.getBytes(StandardCharsets.UTF_8));
	}

	private static Body read(byte[] body) throws IOException {
		return (Body) converter.read(Body.class, null, new MockHttpInputMessage(body));
	}

	private static String refusal(String body) {
		return refusal(body.getBytes(StandardCharsets.UTF_8));
	}

	private static String refusal(byte[] body) {
		ApiException ex = thrown(body);
		assertThat(ex.code()).as(ex.text()).isEqualTo(ErrorCode.VALIDATION_ERROR);
		return ex.text();
	}

	private static ApiException thrown(String body) {
		return thrown(body.getBytes(StandardCharsets.UTF_8));
	}

	private static ApiException thrown(byte[] body) {
		ApiException ex = catchThrowableOfType(ApiException.class, () -> read(body));
		assertThat(ex).as("accepted").isNotNull();
		return ex;
	}

	record Body(@NotNull @StorableText(max = 9) String name, @Min(0) @Nullable Integer count,
			@JsonProperty("lease_seconds") @Min(0) @Nullable Integer leaseSeconds, @Nullable Boolean yes,
			@Nullable Instant at, @Valid @Nullable Child child, @Nullable List<@NotNull @Valid Child> children,
			@Nullable RawJson raw) {
	}

	record Child(@Min(0) @Nullable Integer size) {
	}

}
