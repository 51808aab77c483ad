package io.surveycoder.jobs.webhook;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import io.surveycoder.jobs.webhook.HostNames.NotLookedUpException;
import io.surveycoder.jobs.webhook.Receiver.Request;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * One request to a receiver that may be anybody.
 */
@Isolated("It sets properties of the whole JVM")
class ReceiversTests {

	private static final Duration SHORT = Duration.ofMillis(400);

	private static final Duration LONG = Duration.ofSeconds(10);

	private final Receiver receiver = new Receiver();

	@AfterEach
	void close() {
		this.receiver.close();
	}

	@Test
	void bodyAndHeadersArriveAsTheyAre() {
		AttemptResult result = post(this.receiver.url("//a%2Fb?c=d"), LONG, "{\"ä\":1}");
		assertThat(result.status()).isEqualTo(200);
		assertThat(result.isSuccess()).isTrue();
		Request request = this.receiver.requests().getFirst();
		assertThat(request.line()).isEqualTo("POST //a%2Fb?c=d HTTP/1.1");
		assertThat(request.text()).isEqualTo("{\"ä\":1}");
		assertThat(request.headers()).containsEntry("Content-Type", "application/json")
			.containsEntry("X-Test", "1")
			.containsEntry("User-Agent", "jobs-api-webhooks/1")
			.containsEntry("Host", "127.0.0.1:" + this.receiver.port())
			.doesNotContainKeys("Upgrade", "Cookie", "Authorization", "Expect", "Accept-Encoding");
	}

	@ParameterizedTest
	@ValueSource(strings = { "200 OK", "201 Created", "202 Accepted", "299 Fine" })
	void everyStatusOfTheTwoHundredsIsSuccess(String status) {
		this.receiver.does(Receiver.answer(status, ""));
		assertThat(post(this.receiver.url("/"), LONG, "{}").isSuccess()).isTrue();
	}

	@Test
	void answerWithoutABodyIsSuccess() {
		this.receiver.does((_, out) -> {
			out.write("HTTP/1.1 204 No Content\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
			out.flush();
		});
		assertThat(post(this.receiver.url("/"), LONG, "{}").isSuccess()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "400 Bad Request", "401 Unauthorized", "410 Gone", "500 Oops", "503 Unavailable" })
	void everyOtherStatusIsFailureAndNotRepeated(String status) {
		this.receiver.does(Receiver.answer(status, "Retry-After: 0\r\nWWW-Authenticate: Basic realm=x\r\n"));
		AttemptResult result = post(this.receiver.url("/"), LONG, "{}");
		assertThat(result.isSuccess()).isFalse();
		assertThat(result.status()).isEqualTo(Integer.parseInt(status.substring(0, 3)));
		assertThat(this.receiver.requests()).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "301", "302", "303", "307", "308" })
	void redirectIsFailureAndNotFollowed(String status) {
		try (Receiver other = new Receiver()) {
			this.receiver.does(Receiver.answer(status + " Elsewhere", "Location: " + other.url("/") + "\r\n"));
			AttemptResult result = post(this.receiver.url("/"), LONG, "{}");
			assertThat(result.isSuccess()).isFalse();
			assertThat(result.error()).isEqualTo("Redirects are not followed");
			assertThat(other.requests()).isEmpty();
		}
	}

	@Test
	void cookieOfOneAnswerIsNotSentWithTheNextRequest() {
		this.receiver.does(Receiver.answer("200 OK", "Set-Cookie: a=b; Path=/\r\n"));
		Receivers receivers = receivers(LONG);
		post(receivers, this.receiver.url("/"));
		post(receivers, this.receiver.url("/"));
		assertThat(this.receiver.requests()).hasSize(2)
			.allSatisfy((request) -> assertThat(request.headers()).doesNotContainKey("Cookie"));
	}

	@Test
	void connectionIsUsedAgain() {
		Receivers receivers = receivers(LONG);
		for (int i = 0; i < 5; i++) {
			assertThat(post(receivers, this.receiver.url("/")).isSuccess()).isTrue();
		}
		assertThat(this.receiver.connections()).isEqualTo(1);
	}

	@Test
	void endlessBodyIsCutOffAndItsStatusCounts() {
		this.receiver.does(Receiver.ENDLESS_BODY);
		AttemptResult result = post(this.receiver.url("/"), LONG, "{}");
		assertThat(result.isSuccess()).isTrue();
		assertThat(result.duration()).isLessThan(LONG);
	}

	@Test
	void compressedBodyIsNotLookedInto() {
		this.receiver.does(Receiver.answer("200 OK", "Content-Encoding: gzip\r\n"));
		assertThat(post(this.receiver.url("/"), LONG, "{}").isSuccess()).isTrue();
	}

	@Test
	void whateverTakesTooLongIsFailureInTime() {
		for (Receiver.Conduct conduct : List.of(Receiver.HANGS, Receiver.DRIPPING_BODY, Receiver.DRIPPING_HEADERS)) {
			this.receiver.does(conduct);
			AttemptResult result = post(this.receiver.url("/"), SHORT, "{}");
			assertThat(result.isSuccess()).isFalse();
			assertThat(result.error()).isEqualTo("No whole answer within 0.4 s");
			assertThat(result.duration()).isBetween(SHORT, LONG);
		}
	}

	@Test
	void endlessInterimAnswersAreCutOffBeforeTheTimeIsUp() {
		this.receiver.does(Receiver.ENDLESS_INTERIM_ANSWERS);
		AttemptResult result = post(this.receiver.url("/"), LONG, "{}");
		assertThat(result.isSuccess()).isFalse();
		assertThat(result.error()).isEqualTo("The connection broke, or the answer was not HTTP");
	}

	@Test
	void whatIsNotHttpIsFailure() {
		for (String answer : List.of("SSH-2.0-OpenSSH\r\n", "HTTP/1.1 200 OK\r\nX: " + "a".repeat(9000) + "\r\n\r\n",
				"HTTP/1.1 200 OK\r\n" + "X: a\r\n".repeat(200) + "\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
				"")) {
			this.receiver.does((_, out) -> {
				out.write(answer.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
				out.flush();
				out.close();
			});
			assertThat(post(this.receiver.url("/"), LONG, "{}").isSuccess()).as(answer).isFalse();
		}
	}

	@Test
	void nobodyThereIsFailure() throws IOException {
		int port;
		try (ServerSocket nobody = new ServerSocket(0)) {
			port = nobody.getLocalPort();
		}
		assertThat(post("http://127.0.0.1:" + port + "/", LONG, "{}").error())
			.isEqualTo("The connection was not accepted");
	}

	@Test
	void httpsWithoutTlsIsFailure() {
		assertThat(post(this.receiver.url("/").replace("http:", "https:"), SHORT, "{}").isSuccess()).isFalse();
	}

	@Test
	void tlsHandshakeHasTheTimeOfTheAttempt() {
		Receivers receivers = receivers(Duration.ofMillis(800), Duration.ofMillis(100));
		AttemptResult result = post(receivers, this.receiver.url("/").replace("http:", "https:"));
		assertThat(result.error()).isEqualTo("No whole answer within 0.8 s");
		assertThat(result.duration()).isGreaterThanOrEqualTo(Duration.ofMillis(800));
	}

	@Test
	void connectionThatIsNotAcceptedInTimeIsToldAsThat() throws IOException {
		List<Socket> queued = new ArrayList<>();
		try (ServerSocket full = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> {
				while (true) {
					queued.add(new Socket());
					queued.getLast().connect(full.getLocalSocketAddress(), 200);
				}
			});
			AttemptResult result = post(receivers(LONG, Duration.ofMillis(200)),
					"http://127.0.0.1:" + full.getLocalPort() + "/");
			assertThat(result.error()).isEqualTo("No connection within 0.2 s");
		}
		finally {
			for (Socket socket : queued) {
				socket.close();
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433" })
	void loopbackIsNotReachedInAnySpelling(String host) {
		AddressPolicy policy = AddressPolicyTests.allowing();
		Receivers receivers = new Receivers(new HostNames(policy), policy, LONG, LONG);
		AttemptResult result = post(receivers, "http://" + host + ":" + this.receiver.port() + "/");
		assertThat(result.error()).isEqualTo("The host has an address that is not on the public internet");
		assertThat(this.receiver.connections()).isZero();
	}

	@Test
	void nameThatResolvesToLoopbackTheSecondTimeIsNotConnectedTo() throws UnknownHostException {
		AddressPolicy policy = AddressPolicyTests.allowing();
		AtomicInteger lookups = new AtomicInteger();
		HostNames names = new HostNames(policy, (_) -> new InetAddress[] {
				InetAddress.ofLiteral((lookups.incrementAndGet() == 1) ? "8.8.8.8" : "127.0.0.1") });
		// As at registration.
		assertThat(names.addresses("rebinding.example")).hasSize(1);
		AttemptResult result = post(new Receivers(names, policy, LONG, LONG),
				"http://rebinding.example:" + this.receiver.port() + "/");
		assertThat(result.error()).isEqualTo("The host has an address that is not on the public internet");
		assertThat(lookups).hasValue(2);
		assertThat(this.receiver.connections()).isZero();
	}

	@Test
	void addressThatSlippedPastTheNamesIsRefusedByTheSocket() {
		AddressPolicy open = AddressPolicyTests.allowing("127.0.0.0/8");
		HostNames names = new HostNames(open, (_) -> new InetAddress[] { InetAddress.ofLiteral("127.0.0.1") });
		AttemptResult result = post(new Receivers(names, AddressPolicyTests.allowing(), LONG, LONG),
				"http://x.example:" + this.receiver.port() + "/");
		assertThat(result.error()).isEqualTo("The host has an address that is not on the public internet");
		assertThat(this.receiver.connections()).isZero();
	}

	@Test
	void proxyOfTheEnvironmentIsNotUsed() {
		try (Receiver proxy = new Receiver()) {
			System.setProperty("http.proxyHost", "127.0.0.1");
			System.setProperty("http.proxyPort", "" + proxy.port());
			System.setProperty("http.nonProxyHosts", "");
			System.setProperty("socksProxyHost", "127.0.0.1");
			System.setProperty("socksProxyPort", "" + proxy.port());
			assertThat(post(this.receiver.url("/"), LONG, "{}").isSuccess()).isTrue();
			assertThat(proxy.connections()).isZero();
		}
		finally {
			List.of("http.proxyHost", "http.proxyPort", "http.nonProxyHosts", "socksProxyHost", "socksProxyPort")
				.forEach(System::clearProperty);
		}
	}

	/**
	 * That reach loopback, and look up no name in the network.
	 */
	static Receivers receivers(Duration timeOut) {
		return receivers(timeOut, Receivers.CONNECT_TIME_OUT);
	}

	private static Receivers receivers(Duration timeOut, Duration connectTimeOut) {
		AddressPolicy policy = AddressPolicyTests.allowing("127.0.0.0/8");
		return new Receivers(new HostNames(policy, (host) -> {
			if (!host.equals("127.0.0.1")) {
				throw new UnknownHostException(host);
			}
			return new InetAddress[] { InetAddress.ofLiteral(host) };
		}), policy, timeOut, connectTimeOut);
	}

	private static AttemptResult post(String url, Duration timeOut, String body) {
		return post(receivers(timeOut), url, Map.of("X-Test", "1"),
				body.getBytes(java.nio.charset.StandardCharsets.UTF_8));
	}

	private static AttemptResult post(Receivers receivers, String url) {
		return post(receivers, url, Map.of(), new byte[0]);
	}

	private static AttemptResult post(Receivers receivers, String url, Map<String, String> headers, byte[] body) {
		try {
			return receivers.post(WebhookUrl.stored(url), headers, body);
		}
		catch (NotLookedUpException ex) {
			throw new AssertionError(ex);
		}
	}

}
