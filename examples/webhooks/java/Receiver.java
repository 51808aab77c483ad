import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/** Receives webhooks of the jobs API; docs/webhooks.md says why it does what it does. */
public class Receiver {

	static final long TOLERANCE = 300; // seconds

	/** Checks webhook-signature. Returns what to drop repeats by; empty: refuse it. */
	static Optional<String> verify(String secret, Headers headers, byte[] body) throws GeneralSecurityException {
		String id = header(headers, "webhook-id");
		String timestamp = header(headers, "webhook-timestamp");
		if (!timestamp.matches("[0-9]{1,12}")
				|| Math.abs(Instant.now().getEpochSecond() - Long.parseLong(timestamp)) > TOLERANCE) {
			return Optional.empty();
		}
		Mac mac = hmac(Base64.getDecoder().decode(secret.replaceFirst("^whsec_", "")));
		mac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
		String expected = "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
		boolean genuine = false;
		for (String sent : header(headers, "webhook-signature").split(" ")) {
			genuine |= isSame(expected, sent);
		}
		return genuine ? Optional.of(id) : Optional.empty();
	}

	/** Checks X-Signature. Returns what to drop repeats by; empty: refuse it. */
	static Optional<String> verifyXSignature(String secret, Headers headers, byte[] body)
			throws GeneralSecurityException {
		Mac mac = hmac(secret.getBytes(StandardCharsets.UTF_8));
		String expected = "sha256=" + HexFormat.of().formatHex(mac.doFinal(body));
		return isSame(expected, header(headers, "X-Signature")) ? Optional.of(expected) : Optional.empty();
	}

	static Mac hmac(byte[] key) throws GeneralSecurityException {
		Mac mac = Mac.getInstance("HmacSHA256");
		mac.init(new SecretKeySpec(key, "HmacSHA256"));
		return mac;
	}

	static boolean isSame(String expected, String sent) {
		return MessageDigest.isEqual(expected.getBytes(StandardCharsets.UTF_8), sent.getBytes(StandardCharsets.UTF_8));
	}

	static String header(Headers headers, String name) {
		String value = headers.getFirst(name);
		return (value != null) ? value : "";
	}

	static final int LONGEST = 1 << 20; // bytes of a body

	// Yours is a table with a unique column, written in the transaction that does the work.
	static final Set<String> seen = ConcurrentHashMap.newKeySet();

	/** Your code. Quickly: put it into a queue of your own, work later. */
	static void handle(byte[] json) {
		System.out.println(new String(json, StandardCharsets.UTF_8));
	}

	static int receive(HttpExchange exchange, String secret) throws IOException, GeneralSecurityException {
		// The bytes as they came: parsed and written again they may differ.
		byte[] body = exchange.getRequestBody().readNBytes(LONGEST + 1);
		if (body.length > LONGEST) {
			return 413;
		}
		Optional<String> id = exchange.getRequestURI().getPath().equals("/x-signature")
				? verifyXSignature(secret, exchange.getRequestHeaders(), body)
				: verify(secret, exchange.getRequestHeaders(), body);
		if (id.isEmpty()) {
			return 401;
		}
		if (!seen.contains(id.get())) {
			handle(body);
			seen.add(id.get());
		}
		return 204;
	}

	public static void main(String[] arguments) throws IOException {
		String secret = System.getenv("WEBHOOK_SECRET");
		if (secret == null || secret.isEmpty()) {
			System.err.println("WEBHOOK_SECRET is missing");
			System.exit(1);
		}
		int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "4000"));
		HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
		server.setExecutor(Executors.newCachedThreadPool());
		server.createContext("/", (exchange) -> {
			try (exchange) {
				exchange.sendResponseHeaders(receive(exchange, secret), -1);
			}
			catch (GeneralSecurityException ex) {
				throw new IOException(ex);
			}
		});
		server.start();
		System.out.println("listening on http://127.0.0.1:" + server.getAddress().getPort());
	}

}
