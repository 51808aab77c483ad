package io.surveycoder.jobs.access;

import java.util.HexFormat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ApiKeySecretTests {

	private static final String TAIL = "0123456789ABCDEFGHIJklmnopqrstuv";

	@ParameterizedTest
	@ValueSource(strings = { "live", "test", "svc" })
	void generatedKeyHasTheFormThatIsParsed(String kind) {
		ApiKeySecret secret = ApiKeySecret.generate(kind);
		assertThat(secret.reveal()).matches("scp_" + kind + "_[0-9A-Za-z]{32}");
		assertThat(ApiKeySecret.parse(secret.reveal())).isPresent();
		assertThat(secret.isService()).isEqualTo(kind.equals("svc"));
		assertThat(ApiKeySecret.generate(kind).reveal()).isNotEqualTo(secret.reveal());
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "scp_live_", "scp_live_0123456789ABCDEFGHIJklmnopqrstu",
			"scp_live_0123456789ABCDEFGHIJklmnopqrstuvw", "scp_prod_0123456789ABCDEFGHIJklmnopqrstuv",
			"SCP_LIVE_0123456789ABCDEFGHIJklmnopqrstuv", "scp_live_0123456789ABCDEFGHIJklmnopqrstu-",
			"scp_live_0123456789ABCDEFGHIJklmnopqrstu\u00e9", " scp_live_0123456789ABCDEFGHIJklmnopqrstuv",
			"scp_live_0123456789ABCDEFGHIJklmnopqrstuv\n", "scp-live-0123456789ABCDEFGHIJklmnopqrstuv" })
	void anythingElseIsNone(String value) {
		assertThat(ApiKeySecret.parse(value)).isEmpty();
	}

	@Test
	void onlyThePrefixIsEverPrinted() {
		ApiKeySecret secret = ApiKeySecret.parse("scp_live_" + TAIL).orElseThrow();
		assertThat(secret.prefix()).isEqualTo("scp_live_0123");
		assertThat(secret).hasToString("scp_live_0123…");
	}

	@Test
	void hashIsSha256() {
		// printf scp_live_0123456789ABCDEFGHIJklmnopqrstuv | sha256sum
		assertThat(HexFormat.of().formatHex(ApiKeySecret.parse("scp_live_" + TAIL).orElseThrow().hash()))
			.isEqualTo("8d744497e7a5e8358012f22a7f7885a27794b046e0bcbe09c0be0b4b7b51aa1a");
	}

}
