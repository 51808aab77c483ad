package io.surveycoder.jobs.webhook;

import io.surveycoder.jobs.http.ApiException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class WebhookUrlTests {

	@ParameterizedTest
	@CsvSource({ "https://example.com, https, example.com, -1, /",
			"HTTPS://Example.com:8443/a?b=c, https, Example.com, 8443, /a?b=c",
			"'https://[2606:4700::1111]:1/', https, 2606:4700::1111, 1, /",
			"https://x.example?q, https, x.example, -1, /?q", "https://x.example/ä, https, x.example, -1, /%C3%A4",
			"https://x.example.:1/, https, x.example, 1, /", "https://007.example, https, 007.example, -1, /",
			"https://x.example/a%2Fb, https, x.example, -1, /a%2Fb" })
	void partsAreThoseOfTheUrl(String text, String scheme, String host, int port, String path) {
		assertThat(WebhookUrl.parse(text, false)).isEqualTo(new WebhookUrl(scheme, host, port, path));
		assertThat(WebhookUrl.stored(text)).isEqualTo(new WebhookUrl(scheme, host, port, path));
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://example.com/", "ftp://example.com/", "example.com", "/hooks", "", "https:",
			"https:///x", "https://", "mailto:a@example.com", "https:example.com", "https://user@example.com/",
			"https://user:secret@example.com/", "https://example.com/#x", "https://example.com:0/",
			"https://example.com:65536/", "https://exa mple.com/", "https://0x7f.1/", "https://2130706433/",
			"https://127.1/", "https://0x7f000001/", "https://017700000001/", "https://münchen.example/",
			"https://[::1/", "https://example.com\\@localhost/", "https://example.com/\r\nX: y", "file:///etc/passwd",
			"https://@localhost/", "https://a b/", "https://[fe80::1%25eth0]/", "https://0177.0.0.1/" })
	void whatIsNoHttpsUrlOfAHostIsRefused(String text) {
		assertThatExceptionOfType(ApiException.class).isThrownBy(() -> WebhookUrl.parse(text, false))
			.withMessageStartingWith("url must ");
	}

	@Test
	void httpIsForThoseWhoAllowIt() {
		assertThat(WebhookUrl.parse("http://example.com/", true).scheme()).isEqualTo("http");
	}

	@Test
	void textOfItShowsNothingThatMayBeSecret() {
		assertThat(WebhookUrl.stored("https://example.com/token/abc?key=def")).hasToString("https://example.com");
	}

}
