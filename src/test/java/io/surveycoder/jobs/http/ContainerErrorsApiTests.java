package io.surveycoder.jobs.http;

import java.util.stream.Stream;

import io.surveycoder.jobs.testing.Answer;
import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.ErrorEnvelope;
import io.surveycoder.jobs.testing.RawHttp;
import io.surveycoder.jobs.testing.RawHttp.Reply;
import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

/**
 * What the servlet container refuses by itself is the envelope too (contract §1,
 * envelope).
 */
@ServiceTest
class ContainerErrorsApiTests {

	private static final String HOST = "Host: localhost\r\n";

	private static final String KEY = "x-api-key: " + Api.ADMIN_KEY + "\r\n";

	private static final String POST = "POST /internal/v1/organizations HTTP/1.1\r\n" + HOST + KEY
			+ "Content-Type: application/json\r\n";

	@LocalServerPort
	int port;

	@Autowired
	Api api;

	static Stream<Arguments> refused() {
		return Stream.of(argumentSet("no request line at all", "NONSENSE\r\n\r\n"),
				argumentSet("a control character in the method", "G\u0001T /health HTTP/1.1\r\n" + HOST + "\r\n"),
				argumentSet("a space in the target", "GET /v2/jo bs HTTP/1.1\r\n" + HOST + "\r\n"),
				argumentSet("an unknown HTTP version", "GET /health HTTP/9.9\r\n" + HOST + "\r\n"),
				argumentSet("no HTTP version that there is", "GET /health FTP/1.1\r\n" + HOST + "\r\n"),
				argumentSet("a request line past the limit",
						"GET /v2/jobs/" + "a".repeat(20_000) + " HTTP/1.1\r\n" + HOST + "\r\n"),
				argumentSet("a header past the limit",
						"GET /health HTTP/1.1\r\n" + HOST + "X-Long: " + "a".repeat(20_000) + "\r\n\r\n"),
				argumentSet("too many headers", "GET /health HTTP/1.1\r\n" + HOST + "X-A: a\r\n".repeat(1000) + "\r\n"),
				argumentSet("a broken escape in the path", "GET /v2/jobs/%zz HTTP/1.1\r\n" + HOST + "\r\n"),
				argumentSet("an escape cut short", "GET /v2/jobs/%4 HTTP/1.1\r\n" + HOST + "\r\n"),
				argumentSet("an escaped slash", "GET /v2/jobs%2Fx HTTP/1.1\r\n" + HOST + "\r\n"),
				argumentSet("an escaped U+0000", "GET /v2/jobs/%00 HTTP/1.1\r\n" + HOST + "\r\n"),
				argumentSet("bytes that are not UTF-8 in the path", "GET /v2/jobs/%ff%fe HTTP/1.1\r\n" + HOST + "\r\n"),
				argumentSet("a path that climbs out", "GET /../../etc/passwd HTTP/1.1\r\n" + HOST + "\r\n"),
				argumentSet("no Host", "GET /health HTTP/1.1\r\n\r\n"),
				argumentSet("two Hosts", "GET /health HTTP/1.1\r\n" + HOST + HOST + "\r\n"),
				argumentSet("a Host that is none", "GET /health HTTP/1.1\r\nHost: a b\u0001\r\n\r\n"),
				argumentSet("two content lengths", POST + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
				argumentSet("a content length that is no number", POST + "Content-Length: two\r\n\r\n{}"),
				argumentSet("an unknown transfer encoding", POST + "Transfer-Encoding: rot13\r\n\r\n{}"),
				argumentSet("a chunk whose size is no number",
						POST + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"),
				argumentSet("a chunk longer than its size",
						POST + "Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n"),
				argumentSet("an expectation that nobody knows",
						POST + "Expect: miracles\r\nContent-Length: 2\r\n\r\n{}"),
				argumentSet("an authority as the target", "CONNECT localhost:443 HTTP/1.1\r\n" + HOST + "\r\n"));
	}

	@ParameterizedTest
	@MethodSource("refused")
	void whatTheContainerRefusesIsTheEnvelope(String request) {
		Reply reply = RawHttp.send(this.port, request);
		assertThat(reply.status()).as(reply.toString()).isBetween(400, 499);
		assertThat(reply.headers()).containsEntry("Content-Type", "application/json");
		assertThat(reply.headers().get("X-Request-Id")).matches(ErrorEnvelope.UUID_FORM);
		assertThat(ErrorEnvelope.checkBody(reply.body()).has("request_id")).isFalse();
	}

	@Test
	void bodyCutShortIsABadRequest() {
		Reply reply = RawHttp.sendAndStop(this.port, POST + "Content-Length: 100\r\n\r\n{\"name\":");
		assertThat(reply.status()).isEqualTo(400);
		assertThat(ErrorEnvelope.checkBody(reply.body()).get("code").stringValue()).isEqualTo("BAD_REQUEST");
	}

	@Test
	void brokenEscapeInTheQueryIsABadRequest() {
		Reply reply = RawHttp.send(this.port,
				"GET /v2/jobs?limit=%zz HTTP/1.1\r\n" + HOST + "x-api-key: " + this.api.tenant().key() + "\r\n\r\n");
		assertThat(reply.status()).isEqualTo(400);
		assertThat(ErrorEnvelope.checkBody(reply.body()).get("code").stringValue()).isEqualTo("BAD_REQUEST");
	}

	@Test
	void rangeThatALibraryRefusesIsTheEnvelope() {
		Answer answer = this.api.get("/swagger-ui/index.html", null, "Range", "bytes=99999999-");
		ErrorEnvelope.check(answer, 400, "BAD_REQUEST");
	}

	@Test
	void errorPageIsAnUnknownPath() {
		ErrorEnvelope.check(this.api.get("/error", null), 404, "NOT_FOUND");
	}

	@Test
	void uuidOfTheCallerIsRepeatedWhereTheContainerRefuses() {
		String id = "0f8fad5b-d9cb-469f-a165-70867728950e";
		Reply reply = RawHttp.send(this.port,
				"GET /v2/jobs/%zz HTTP/1.1\r\n" + HOST + "X-Request-Id: " + id + "\r\n\r\n");
		assertThat(reply.headers()).containsEntry("X-Request-Id", id);
		assertThat(ErrorEnvelope.checkBody(reply.body()).get("request_id").stringValue()).isEqualTo(id);
	}

}
