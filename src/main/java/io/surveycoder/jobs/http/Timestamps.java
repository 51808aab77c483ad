package io.surveycoder.jobs.http;

import java.time.Instant;
import java.time.LocalDate;
import java.util.concurrent.TimeUnit;

/**
 * Writes instants as RFC 3339: UTC, {@code Z}, exactly three fraction digits (contract
 * §1, timestamps); in headers as HTTP has them. By hand, since a list has forty of them
 * and a formatter would be most of its cost (docs/performance.md).
 */
public final class Timestamps {

	private static final long DAY = TimeUnit.DAYS.toMillis(1);

	// From Thursday on, as 1970 began.
	private static final String WEEKDAYS = "ThuFriSatSunMonTueWed";

	private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

	private Timestamps() {
	}

	/**
	 * Appends an instant of the years 0 to 9999, cut to the millisecond.
	 */
	public static void append(StringBuilder text, Instant instant) {
		append(text, instant.toEpochMilli());
	}

	/**
	 * The same.
	 * @param millis since 1970
	 */
	public static void append(StringBuilder text, long millis) {
		LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(millis, DAY));
		int time = (int) Math.floorMod(millis, DAY);
		twoDigits(text, date.getYear() / 100);
		twoDigits(text, date.getYear() % 100);
		twoDigits(text.append('-'), date.getMonthValue());
		twoDigits(text.append('-'), date.getDayOfMonth());
		twoDigits(text.append('T'), time / 3_600_000);
		twoDigits(text.append(':'), time / 60_000 % 60);
		twoDigits(text.append(':'), time / 1000 % 60);
		text.append('.').append((char) ('0' + time / 100 % 10));
		twoDigits(text, time % 100);
		text.append('Z');
	}

	/**
	 * An HTTP-date, {@code Sun, 06 Nov 1994 08:49:37 GMT} (RFC 9110, 5.6.7), cut to the
	 * second.
	 * @param millis since 1970
	 */
	public static String httpDate(long millis) {
		long day = Math.floorDiv(millis, DAY);
		LocalDate date = LocalDate.ofEpochDay(day);
		int time = (int) Math.floorMod(millis, DAY);
		int weekday = (int) Math.floorMod(day, 7L) * 3;
		int month = (date.getMonthValue() - 1) * 3;
		StringBuilder text = new StringBuilder(29).append(WEEKDAYS, weekday, weekday + 3);
		twoDigits(text.append(", "), date.getDayOfMonth());
		text.append(' ').append(MONTHS, month, month + 3).append(' ');
		twoDigits(text, date.getYear() / 100);
		twoDigits(text, date.getYear() % 100);
		twoDigits(text.append(' '), time / 3_600_000);
		twoDigits(text.append(':'), time / 60_000 % 60);
		twoDigits(text.append(':'), time / 1000 % 60);
		return text.append(" GMT").toString();
	}

	private static void twoDigits(StringBuilder text, int value) {
		text.append((char) ('0' + value / 10)).append((char) ('0' + value % 10));
	}

}
