package io.surveycoder.jobs.webhook;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;

import io.surveycoder.jobs.http.ApiException;

/**
 * Where deliveries go. Taken apart once, so that no second parser can read another host
 * from it than the one that was checked.
 *
 * @param scheme {@code http} or {@code https}
 * @param host a name or an address, IPv6 without brackets
 * @param port -1: the scheme's own
 * @param path with the query, from the first slash
 */
record WebhookUrl(String scheme, String host, int port, String path) {

	static final int LONGEST = 2000;

	// An address as nobody writes it but who wants to hide it: 2130706433, 0x7f000001,
	// 0177.0.0.1, [fe80::1%25eth0].
	private static final Pattern ODD_ADDRESS = Pattern.compile("\\d+|0[xX].*|(?=.*\\b0\\d)[\\d.]+|.*%.*");

	/**
	 * Reads what a client sent.
	 * @throws ApiException 422 that says what is wrong with it
	 */
	static WebhookUrl parse(String text, boolean allowHttp) {
		URI uri;
		try {
			uri = new URI(text);
		}
		catch (URISyntaxException _) {
			throw ApiException.invalid("url must be an absolute URL, as https://example.com/hooks");
		}
		String scheme = (uri.getScheme() != null) ? uri.getScheme().toLowerCase(Locale.ROOT) : "";
		if (!scheme.equals("https") && !(scheme.equals("http") && allowHttp)) {
			throw ApiException.invalid("url must begin with https://");
		}
		if (uri.getHost() == null || ODD_ADDRESS.matcher(uri.getHost()).matches()) {
			throw ApiException.invalid("url must name a host: a domain name, in ASCII, or an IP address");
		}
		if (uri.getRawUserInfo() != null) {
			throw ApiException.invalid("url must not hold a user name or password");
		}
		if (uri.getRawFragment() != null) {
			throw ApiException.invalid("url must not have a fragment");
		}
		if (uri.getPort() == 0 || uri.getPort() > 65535) {
			throw ApiException.invalid("url must have a port between 1 and 65535, or none");
		}
		return of(uri);
	}

	/**
	 * Reads one that was accepted before.
	 */
	static WebhookUrl stored(String text) {
		return of(URI.create(text));
	}

	private static WebhookUrl of(URI uri) {
		// Letters outside ASCII, which a URI may hold, are escaped as HTTP wants them.
		URI ascii = URI.create(uri.toASCIIString());
		// The dot that ends a full name is for resolvers: certificates do not have it.
		String host = ascii.getHost().replaceFirst("\\.$", "");
		String path = ascii.getRawPath().isEmpty() ? "/" : ascii.getRawPath();
		return new WebhookUrl(ascii.getScheme().toLowerCase(Locale.ROOT),
				host.startsWith("[") ? host.substring(1, host.length() - 1) : host, ascii.getPort(),
				(ascii.getRawQuery() != null) ? path + "?" + ascii.getRawQuery() : path);
	}

	/**
	 * Without the query and the path, which may hold secrets of the receiver.
	 */
	@Override
	public String toString() {
		return this.scheme + "://" + this.host;
	}

}
