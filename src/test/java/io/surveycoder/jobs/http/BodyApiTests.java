package io.surveycoder.jobs.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;

import io.surveycoder.jobs.testing.Answer;
import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.ErrorEnvelope;
import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Request bodies and content negotiation over a real connection; what a body may say is
 * {@link JsonBodyConverterTests}' subject.
 */
@ServiceTest
class BodyApiTests {

	private static final String PATH = "/internal/v1/organizations";

	private static final HttpClient http = HttpClient.newHttpClient();

	@Autowired
	Api api;

	@ParameterizedTest
	@ValueSource(strings = { PATH, "/internal/v1/api-keys", "/internal/v1/jobs", "/internal/v1/jobs/claim" })
	void malformedBodyIsInvalidJson(String path) {
		Answer answer = this.api.post(path, "{\"name\":");
		assertThat(ErrorEnvelope.check(answer, 422, "VALIDATION_ERROR")).isEqualTo("Invalid JSON");
	}

	@ParameterizedTest
	@CsvSource({ PATH + ", name", "/internal/v1/api-keys, name", "/internal/v1/jobs, organization_id",
			"/internal/v1/jobs/claim, worker" })
	void unknownAndMissingFieldsAreNamed(String path, String required) {
		assertThat(ErrorEnvelope.check(this.api.post(path, "{\"surprise\":1}"), 422, "VALIDATION_ERROR"))
			.startsWith("Unknown field surprise;");
		assertThat(ErrorEnvelope.check(this.api.post(path, "{}"), 422, "VALIDATION_ERROR"))
			.isEqualTo(required + " is required");
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data",
					"multipart/form-data; boundary=x", "application/json; charset=none", "bogus", "a/b/c", "*/*" })
	void bodyOfAnotherMediaTypeIsUnsupported(String type) {
		ErrorEnvelope.check(send("POST", BodyPublishers.ofString("%zz"), "Content-Type", type), 415,
				"UNSUPPORTED_MEDIA_TYPE");
	}

	@ParameterizedTest
	@ValueSource(strings = { "PUT", "PATCH", "DELETE" })
	void formThatCannotBeDecodedIsJustAMethodNotAllowed(String method) {
		ErrorEnvelope.check(
				send(method, BodyPublishers.ofString("%zz"), "Content-Type", "application/x-www-form-urlencoded"), 405,
				"METHOD_NOT_ALLOWED");
	}

	@ParameterizedTest
	@ValueSource(strings = { "multipart/form-data", "application/x-www-form-urlencoded" })
	void keyIsAskedForBeforeABodyIsLookedAt(String type) {
		ErrorEnvelope.check(this.api.send("PUT", PATH, null, null, "Content-Type", type), 401, "UNAUTHORIZED");
	}

	@Test
	void bodyWithoutAMediaTypeIsUnsupported() {
		ErrorEnvelope.check(send("POST", BodyPublishers.ofString("{\"name\":\"a\"}")), 415, "UNSUPPORTED_MEDIA_TYPE");
	}

	@ParameterizedTest
	@ValueSource(strings = { "application/json", "application/json; charset=utf-8", "APPLICATION/JSON" })
	void jsonInAnySpellingIsRead(String type) {
		assertThat(send("POST", BodyPublishers.ofString("{\"name\":\"\u20ac\"}", StandardCharsets.UTF_8),
				"Content-Type", type)
			.data()
			.get("name")
			.stringValue()).isEqualTo("\u20ac");
	}

	@ParameterizedTest
	@ValueSource(strings = { "text/html", "application/xml", "image/*", "bogus" })
	void clientThatTakesNoJsonGetsNotAcceptable(String accept) {
		String key = this.api.tenant().key();
		ErrorEnvelope.check(this.api.get("/v2/jobs", key, "Accept", accept), 406, "NOT_ACCEPTABLE");
	}

	@ParameterizedTest
	@ValueSource(strings = { "application/json", "application/*", "*/*", "text/html, application/json;q=0.1", "" })
	void clientThatTakesJsonGetsIt(String accept) {
		String key = this.api.tenant().key();
		Answer answer = this.api.get("/v2/jobs", key, "Accept", accept);
		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.header("Content-Type")).isEqualTo("application/json");
	}

	@Test
	void bytesThatAreNotUtf8AreInvalidJson() {
		Answer answer = send("POST",
				BodyPublishers.ofByteArray("{\"name\":\"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1)),
				"Content-Type", "application/json");
		assertThat(ErrorEnvelope.check(answer, 422, "VALIDATION_ERROR")).isEqualTo("Invalid JSON");
	}

	@Test
	void senderOfAnOversizedBodyReceivesThe413() {
		byte[] body = new byte[(32 << 20) + 1];
		ErrorEnvelope.check(send("POST", BodyPublishers.ofByteArray(body), "Content-Type", "application/json"), 413,
				"PAYLOAD_TOO_LARGE");
	}

	@Test
	void senderOfAnOversizedBodyOfUnknownLengthReceivesThe413() {
		byte[] body = new byte[40 << 20];
		ErrorEnvelope.check(send("POST", BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)),
				"Content-Type", "application/json"), 413, "PAYLOAD_TOO_LARGE");
	}

	private Answer send(String method, BodyPublisher body, String... headers) {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(this.api.base() + PATH))
			.method(method, body)
			.header("x-api-key", Api.ADMIN_KEY);
		if (headers.length > 0) {
			request.headers(headers);
		}
		try {
			return new Answer(http.send(request.build(), BodyHandlers.ofString()));
		}
		catch (IOException | InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
