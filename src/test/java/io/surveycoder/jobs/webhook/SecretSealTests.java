package io.surveycoder.jobs.webhook;

import java.util.Base64;
import java.util.List;

import io.surveycoder.jobs.http.ApiException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

@Execution(ExecutionMode.CONCURRENT)
class SecretSealTests {

	private static final String KEY = key(1);

	private static final String OTHER = key(2);

	private final WebhookSecret secret = WebhookSecret.generate();

	@Test
	void sealedSecretIsOpenedAgain() {
		byte[] sealed = seal(KEY).seal(this.secret, "wh_1");
		assertThat(opened(seal(KEY), sealed, "wh_1")).isEqualTo(this.secret.reveal());
	}

	@Test
	void nothingOfTheSecretCanBeSeenAndNoTwoSealsAreEqual() {
		byte[] one = seal(KEY).seal(this.secret, "wh_1");
		assertThat(new String(one, java.nio.charset.StandardCharsets.ISO_8859_1)).doesNotContain("whsec")
			.doesNotContain(this.secret.reveal().substring(6, 12));
		assertThat(seal(KEY).seal(this.secret, "wh_1")).isNotEqualTo(one);
	}

	@Test
	void everyChangedByteIsNoticed() {
		byte[] sealed = seal(KEY).seal(this.secret, "wh_1");
		for (int i = 0; i < sealed.length; i++) {
			byte[] changed = sealed.clone();
			changed[i] ^= 1;
			assertThat(seal(KEY).open(changed, "wh_1")).as("byte " + i).isEmpty();
		}
		assertThat(seal(KEY).open(new byte[0], "wh_1")).isEmpty();
		assertThat(seal(KEY).open(new byte[] { 1, 2 }, "wh_1")).isEmpty();
	}

	@Test
	void secretOfAnotherWebhookIsNotOpened() {
		assertThat(seal(KEY).open(seal(KEY).seal(this.secret, "wh_1"), "wh_2")).isEmpty();
	}

	@Test
	void previousKeysOpenAndDoNotSeal() {
		byte[] old = seal(OTHER).seal(this.secret, "wh_1");
		SecretSeal rotated = new SecretSeal(new SecretSeal.Settings(KEY, List.of(key(3), OTHER)),
				new MockEnvironment());
		assertThat(opened(rotated, old, "wh_1")).isEqualTo(this.secret.reveal());
		assertThat(seal(KEY).open(old, "wh_1")).isEmpty();
		assertThat(opened(seal(KEY), rotated.seal(this.secret, "wh_1"), "wh_1")).isEqualTo(this.secret.reveal());
	}

	@Test
	void withoutAKeyOneIsMadeFromThePasswordAndStillOpensOnceThereIsOne() {
		MockEnvironment environment = new MockEnvironment().withProperty("spring.datasource.password", "pw");
		byte[] sealed = new SecretSeal(new SecretSeal.Settings(null, List.of()), environment).seal(this.secret, "wh_1");
		SecretSeal keyed = new SecretSeal(new SecretSeal.Settings(KEY, List.of()), environment);
		assertThat(opened(keyed, sealed, "wh_1")).isEqualTo(this.secret.reveal());
		environment.setProperty("spring.datasource.password", "changed");
		assertThat(new SecretSeal(new SecretSeal.Settings("", List.of()), environment).open(sealed, "wh_1")).isEmpty();
	}

	@Test
	void withoutAKeyAndAPasswordNothingIsSealed() {
		assertThatExceptionOfType(ApiException.class)
			.isThrownBy(() -> new SecretSeal(new SecretSeal.Settings(null, List.of()), new MockEnvironment())
				.seal(this.secret, "wh_1"))
			.withMessageContaining("jobs.webhooks.encryption-key");
	}

	@ParameterizedTest
	@ValueSource(strings = { "secret-that-is-none", "c2hvcnQ=", "%%%" })
	void badKeyIsNamedAndNotShown(String key) {
		assertThatIllegalArgumentException().isThrownBy(() -> new SecretSeal.Settings(key, List.of()))
			.withMessageContaining("jobs.webhooks.encryption-key")
			.withMessageNotContaining(key);
		assertThatIllegalArgumentException().isThrownBy(() -> new SecretSeal.Settings(null, List.of(key)))
			.withMessageContaining("jobs.webhooks.previous-encryption-keys")
			.withMessageNotContaining(key);
	}

	@Test
	void textOfTheSettingsShowsNoKey() {
		assertThat(new SecretSeal.Settings(KEY, List.of(OTHER)).toString()).doesNotContain(KEY).doesNotContain(OTHER);
	}

	static SecretSeal seal(String key) {
		return new SecretSeal(new SecretSeal.Settings(key, List.of()), new MockEnvironment());
	}

	static String key(int fill) {
		byte[] bytes = new byte[32];
		java.util.Arrays.fill(bytes, (byte) fill);
		return Base64.getEncoder().encodeToString(bytes);
	}

	private static String opened(SecretSeal seal, byte[] sealed, String webhook) {
		return seal.open(sealed, webhook).orElseThrow().reveal();
	}

}
