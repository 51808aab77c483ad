package io.surveycoder.jobs.access;

import java.util.Locale;
import java.util.Optional;

/**
 * What a key may do. Organization keys carry {@code read} and {@code write}, the
 * operator's service keys {@code service} and {@code admin}; never mixed (contract §1,
 * §2).
 */
public enum Scope {

	READ, WRITE, SERVICE, ADMIN;

	/**
	 * The scope as it is spelled in JSON and in the database.
	 */
	public String wire() {
		return name().toLowerCase(Locale.ROOT);
	}

	boolean isForOrganizations() {
		return this == READ || this == WRITE;
	}

	static Optional<Scope> parse(String wire) {
		for (Scope scope : values()) {
			if (scope.wire().equals(wire)) {
				return Optional.of(scope);
			}
		}
		return Optional.empty();
	}

}
