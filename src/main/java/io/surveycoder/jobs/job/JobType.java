package io.surveycoder.jobs.job;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What kind of background work a job is (contract §1).
 */
public enum JobType {

	CODEBOOK_GENERATION, AUTO_CODING, ONE_CALL;

	private static final List<String> WIRE = Stream.of(values()).map(JobType::wire).toList();

	/**
	 * The type as it is spelled in JSON and in the database.
	 */
	public String wire() {
		return name().toLowerCase(Locale.ROOT);
	}

	/**
	 * The type of this spelling, case-sensitive; empty when it is none.
	 */
	public static Optional<JobType> parse(String wire) {
		return Stream.of(values()).filter((type) -> type.wire().equals(wire)).findFirst();
	}

	/**
	 * All spellings, in the contract's order.
	 */
	public static List<String> allWire() {
		return WIRE;
	}

}
