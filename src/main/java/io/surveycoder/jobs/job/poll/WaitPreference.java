package io.surveycoder.jobs.job.poll;

import java.time.Duration;
import java.util.Enumeration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import jakarta.servlet.http.HttpServletRequest;

/**
 * {@code Prefer: wait=N} (RFC 7240, 4.3).
 */
final class WaitPreference {

	private static final String HEADER = "Prefer";

	private static final int MOST_SECONDS = 60;

	private static final int MOST_DIGITS = 9;

	// A preference of a list; commas in quotes are part of it.
	private static final Pattern PREFERENCE = Pattern.compile("(?:[^\",]|\"(?:[^\"\\\\]|\\\\.)*+\")++");

	private static final Pattern WAIT = Pattern
		.compile("[ \\t]*wait[ \\t]*=[ \\t]*(?:([0-9]+)|\"([0-9]+)\")[ \\t]*(?:;.*)?", Pattern.CASE_INSENSITIVE);

	private WaitPreference() {
	}

	/**
	 * How long the client would wait: whole seconds, 0 to 60; more is taken for 60
	 * (contract §4). The first counts where there are several.
	 * @return empty also for what cannot be understood
	 */
	static Optional<Duration> of(HttpServletRequest request) {
		Enumeration<String> sent = request.getHeaders(HEADER);
		while (sent.hasMoreElements()) {
			Matcher preferences = PREFERENCE.matcher(sent.nextElement());
			while (preferences.find()) {
				Matcher wait = WAIT.matcher(preferences.group());
				if (wait.matches()) {
					String digits = (wait.group(1) != null) ? wait.group(1) : wait.group(2);
					return Optional.of(Duration.ofSeconds((digits.length() > MOST_DIGITS) ? MOST_SECONDS
							: Math.min(Integer.parseInt(digits), MOST_SECONDS)));
				}
			}
		}
		return Optional.empty();
	}

}
