package io.surveycoder.jobs.http;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * A JSON object kept as the text that was sent: same members, same order, same number
 * spellings (contract §2). Its syntax has been checked; nothing else looks inside.
 *
 * @param text one JSON object, no text around it
 */
public record RawJson(@JsonValue @JsonRawValue String text) {

	/**
	 * The most that a payload or a result may weigh in UTF-8: 8 MiB (contract §2).
	 */
	public static final int MAX_BYTES = 8 << 20;

	/**
	 * The deepest nesting accepted, the object itself included (contract §2).
	 */
	public static final int MAX_DEPTH = 500;

	public static final RawJson EMPTY = new RawJson("{}");

	@Override
	public String toString() {
		return "RawJson[" + this.text.length() + " characters]";
	}

}
