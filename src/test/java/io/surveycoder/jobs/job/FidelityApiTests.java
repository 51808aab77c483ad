package io.surveycoder.jobs.job;

import java.util.List;
import java.util.stream.Stream;

import io.surveycoder.jobs.testing.Answer;
import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.Api.Tenant;
import io.surveycoder.jobs.testing.JobRows;
import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Contract §2: payload and result are kept and returned as they were sent.
 */
@ServiceTest
class FidelityApiTests {

	private static final int EIGHT_MIB = 8 << 20;

	@Autowired
	Api api;

	@Autowired
	JobRows rows;

	private Tenant tenant;

	@BeforeEach
	void makeATenant() {
		this.tenant = this.api.tenant();
	}

	static Stream<String> texts() {
		return Stream.of("{}", "{ }", "{\"z\":1,\"a\":2,\"m\":3}", "{\"a\":1,\"a\":{\"b\":2},\"a\":1}", "{\"\":\"\"}",
				"{\"n\":[1.0,1.00,1e400,1E+2,-0,-0.0,0.1e-999,12345678901234567890123456789.10]}",
				"{\"n\":" + "9".repeat(1000) + ",\"f\":0." + "1".repeat(1000) + "}",
				"{\"e\":\"\\u0041\\u00e9\\/\\b\\f\\n\\r\\t\\\"\\\\\"}", "{\"nul\":\"a\\u0000b\",\"\\u0000\":1}",
				"{\"lone\":\"\\ud83d\",\"low\":\"\\uDE00\",\"turned\":\"\\ude00\\ud83d\"}",
				"{\"pair\":\"\\ud83d\\ude00\",\"\ud83d\ude00\":\"\ud83d\ude00\u00e9\u4e2d\u05d0\u2028\u2029\ufffd\uffff\ufeff\u007f\"}",
				"{\t\"white\" :\r\n [ 1 ,2\t, { } , [ ] ] \n}", "{\"l\":[true,false,null]}",
				"{\"s\":\"" + "x".repeat(100_000) + "\"}", "{\"" + "n".repeat(100_000) + "\":0}",
				"{\"a\":" + "[".repeat(499) + "]".repeat(499) + "}", "{\"a\":".repeat(499) + "{}" + "}".repeat(499),
				"{\"html\":\"</script><!-- & ' -->\"}");
	}

	@ParameterizedTest
	@MethodSource("texts")
	void payloadAndResultAreKeptToTheByte(String text) {
		JsonNode job = this.api.submit(this.tenant, ",\"priority\":100,\"payload\" :\n " + text + " \n");
		Answer claim = this.api.post("/internal/v1/jobs/claim", "{\"worker\":\"test\",\"limit\":100}");
		assertThat(claim.body()).contains("\"payload\":" + text + ",\"metadata\":{},");
		JsonNode claimed = claim.data()
			.valueStream()
			.filter((one) -> one.get("id").equals(job.get("id")))
			.findFirst()
			.orElseThrow();
		Answer done = this.api.work(claimed, "complete", ",\"result\": " + text);
		assertThat(done.status()).as(done.toString()).isEqualTo(200);
		assertThat(done.body()).endsWith(",\"result\":" + text + "}}");
		assertThat(read(job).body()).isEqualTo(done.body());
	}

	@Test
	void metadataIsHandedOverAsItWasSentAndNeverShown() {
		String metadata = "{\"z\":\"\\u0041\", \"a\":\"\\u0000\\ud83d\"}";
		JsonNode job = this.api.submit(this.tenant, ",\"metadata\":" + metadata);
		assertThat(read(job).body()).doesNotContain("metadata");
		assertThat(this.api.post("/internal/v1/jobs/claim", "{\"worker\":\"test\",\"limit\":100}").body())
			.contains("\"metadata\":" + metadata + ",");
	}

	@ParameterizedTest
	@ValueSource(ints = { 501, 502, 505, 1000, 100_000 })
	void deeperThanFiveHundredLevelsIsInvalid(int levels) {
		String text = "{\"a\":" + "[".repeat(levels - 1) + "]".repeat(levels - 1) + "}";
		Answer submitted = this.api.post("/internal/v1/jobs", "{\"organization_id\":\"" + this.tenant.organization()
				+ "\",\"type\":\"one_call\",\"payload\":" + text + "}");
		assertThat(submitted.errorCode()).as(submitted.toString()).isEqualTo("VALIDATION_ERROR");
		assertThat(submitted.errorMessage()).contains("payload");
		JsonNode claimed = claimed();
		Answer completed = this.api.work(claimed, "complete", ",\"result\":" + text);
		assertThat(completed.errorCode()).as(completed.toString()).isEqualTo("VALIDATION_ERROR");
		assertThat(completed.errorMessage()).contains("result");
	}

	@Test
	void eightMebibytesAreAcceptedAndOneMoreByteIsTooLarge() {
		for (String character : List.of("x", "\u00e9", "\ud83d\ude00")) {
			String most = ofSize(EIGHT_MIB, character);
			JsonNode job = this.api.submit(this.tenant, ",\"priority\":100,\"payload\":" + most);
			assertThat(this.rows.value(new JobId(job.get("id").stringValue()), "octet_length(payload::text)",
					Integer.class))
				.isEqualTo(EIGHT_MIB);
			JsonNode claimed = this.api.claim(job);
			String more = ofSize(EIGHT_MIB + 1, character);
			Answer refused = this.api.work(claimed, "complete", ",\"result\":" + more);
			assertThat(refused.status()).isEqualTo(413);
			assertThat(refused.errorCode()).isEqualTo("PAYLOAD_TOO_LARGE");
			assertThat(this.api.work(claimed, "complete", ",\"result\":" + most).status()).isEqualTo(200);
			assertThat(read(job).body().endsWith(",\"result\":" + most + "}}")).isTrue();
			Answer tooLarge = this.api.post("/internal/v1/jobs", "{\"organization_id\":\"" + this.tenant.organization()
					+ "\",\"type\":\"one_call\",\"payload\":" + more + "}");
			assertThat(tooLarge.status()).isEqualTo(413);
			assertThat(tooLarge.errorCode()).isEqualTo("PAYLOAD_TOO_LARGE");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "x" })
	void fiveMegabytesOfSurrogatePairsAreReadBackWhole(String shift) {
		String result = "{\"a\":\"" + shift + "\ud83d\ude00".repeat(1_250_000) + "\"}";
		JsonNode claimed = claimed();
		Answer done = this.api.work(claimed, "complete", ",\"result\":" + result);
		// Not assertThat(text): a failure would print 5 MB.
		assertThat(done.body().endsWith(",\"result\":" + result + "}}")).isTrue();
		assertThat(read(claimed).body().equals(done.body())).isTrue();
		assertThat(this.api.work(claimed, "complete", ",\"result\":" + result).body().equals(done.body())).isTrue();
	}

	@Test
	void bodyOfMoreThanThirtyTwoMebibytesIsTooLarge() {
		Answer answer = this.api.post("/internal/v1/jobs", " ".repeat((32 << 20) + 1));
		assertThat(answer.status()).isEqualTo(413);
		assertThat(answer.errorCode()).isEqualTo("PAYLOAD_TOO_LARGE");
	}

	private JsonNode claimed() {
		return this.api.claim(this.api.submit(this.tenant, ""));
	}

	private Answer read(JsonNode job) {
		return this.api.get("/v2/jobs/" + job.get("id").stringValue(), this.tenant.key());
	}

	private static String ofSize(int bytes, String character) {
		int width = character.getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
		int inner = bytes - "{\"a\":\"\"}".length();
		return "{\"a\":\"" + "y".repeat(inner % width) + character.repeat(inner / width) + "\"}";
	}

}
