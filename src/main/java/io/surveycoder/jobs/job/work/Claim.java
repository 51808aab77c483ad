package io.surveycoder.jobs.job.work;

import java.util.List;

import io.surveycoder.jobs.job.JobType;

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

	Claim {
		types = JobType.allWire().stream().filter(types::contains).toList();
	}

	boolean isForAllTypes() {
		return this.types.equals(JobType.allWire());
	}

	String[] typesArray() {
		return this.types.toArray(String[]::new);
	}

}
