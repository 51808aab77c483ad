package io.surveycoder.jobs.job.work;

import java.util.List;
import java.util.Objects;

import io.surveycoder.jobs.http.ApiException;
import io.surveycoder.jobs.job.JobType;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What a worker wants to lease, every default in its place.
 *
 * @param worker who it is, for operators
 * @param types wire names, at least one, each once and in the order of
 * {@link JobType#allWire()}, so that equal sets are equal lists
 * @param limit at most so many jobs, 1 to 100
 * @param leaseSeconds whole seconds, 5 to 3600
 */
record Claim(String worker, List<String> types, int limit, int leaseSeconds) {

	private static final int DEFAULT_LEASE_SECONDS = 60;

	Claim {
		types = JobType.allWire().stream().filter(types::contains).toList();
	}

	/**
	 * What was asked for, and the defaults for what was not.
	 * @param at where in the body it stood: empty, or {@code claim.}
	 * @throws ApiException 422 for types that there are not
	 */
	static Claim of(String worker, @Nullable List<String> types, @Nullable Integer limit,
			@Nullable Integer leaseSeconds, String at) {
		List<String> wanted = Objects.requireNonNullElse(types, JobType.allWire());
		if (wanted.isEmpty() || !JobType.allWire().containsAll(wanted)) {
			throw ApiException.invalid(at + "types must be some of " + String.join(", ", JobType.allWire()));
		}
		return new Claim(worker, wanted, Objects.requireNonNullElse(limit, 1),
				Objects.requireNonNullElse(leaseSeconds, DEFAULT_LEASE_SECONDS));
	}

	/**
	 * A statement about the queue of these types, its other values still to be given.
	 */
	JdbcClient.StatementSpec statement(JdbcClient jdbc, String ofAnyType, String ofTypes) {
		return this.types.equals(JobType.allWire()) ? jdbc.sql(ofAnyType)
				: jdbc.sql(ofTypes).param("types", this.types.toArray(String[]::new));
	}

}
