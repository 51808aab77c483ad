package io.surveycoder.jobs.webhook;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class WebhookSecretTests {

	@Test
	void standardSignatureIsThatOfThePublishedExample() {
		// From the specification's own libraries (github.com/standard-webhooks).
		assertThat(WebhookSecret.of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
			.standardSignature("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, bytes("{\"test\": 2432232314}")))
			.isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
	}

	@Test
	void hexSignatureIsTheHmacWithTheWholeSecretAsKey() {
		// printf %s '{"test": 2432232314}' | openssl dgst -sha256 -hmac whsec_MfKQ…
		assertThat(
				WebhookSecret.of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").signature(bytes("{\"test\": 2432232314}")))
			.isEqualTo("sha256=80ec8a89ce3cd22133a1066caecb4d04fea7467657c8514d717ec42c38a5c94c");
	}

	@Test
	void secretsAreThirtyTwoRandomBytes() {
		WebhookSecret secret = WebhookSecret.generate();
		assertThat(secret.reveal()).startsWith("whsec_").isNotEqualTo(WebhookSecret.generate().reveal());
		assertThat(Base64.getDecoder().decode(secret.reveal().substring(6))).hasSize(32);
	}

	@Test
	void textOfItShowsNothing() {
		assertThat(WebhookSecret.generate()).hasToString("whsec_…");
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
