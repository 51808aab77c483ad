package io.surveycoder.jobs.chaos;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.surveycoder.jobs.testing.Api.Tenant;
import org.jspecify.annotations.Nullable;

/**
 * Jobs to be submitted in one call, and the bytes in which they are.
 */
final class PlannedSubmission {

	private static final List<String> TYPES = List.of("codebook_generation", "auto_coding", "auto_coding", "one_call");

	final String key;

	final List<PlannedJob> jobs;

	private @Nullable String body;

	private PlannedSubmission(String key, List<PlannedJob> jobs) {
		this.key = key;
		this.jobs = jobs;
	}

	/**
	 * Plans submissions of so many jobs in all, one by one and in batches of up to 1000.
	 * The first tenant has most of the jobs.
	 */
	static List<PlannedSubmission> plan(Random random, int jobs, List<Tenant> tenants) {
		List<PlannedSubmission> planned = new ArrayList<>();
		for (int left = jobs; left > 0; left -= planned.getLast().jobs.size()) {
			String key = "chaos-" + planned.size();
			int size = Math.min(left, switch (random.nextInt(20)) {
				case 0 -> 100 + random.nextInt(901);
				case 1, 2, 3, 4, 5 -> 2 + random.nextInt(50);
				default -> 1;
			});
			planned.add(new PlannedSubmission(key,
					IntStream.range(0, size).mapToObj((i) -> job(random, key, i, tenants)).toList()));
		}
		return planned;
	}

	private static PlannedJob job(Random random, String key, int index, List<Tenant> tenants) {
		Tenant tenant = tenants.get((random.nextInt(100) < 85) ? 0 : 1 + random.nextInt(tenants.size() - 1));
		int maxAttempts = (random.nextInt(100) < 4) ? 1 : 2 + random.nextInt(4);
		int delay = (random.nextInt(100) < 5) ? 1 + random.nextInt(2000) : 0;
		return new PlannedJob(key, index, tenant, TYPES.get(random.nextInt(TYPES.size())), random.nextInt(201) - 100,
				maxAttempts, delay);
	}

	boolean isBatch() {
		return this.jobs.size() > 1;
	}

	/**
	 * What is sent: the same bytes each time.
	 */
	synchronized String body() {
		if (this.body == null) {
			Instant now = Instant.now();
			String all = this.jobs.stream().map((job) -> job.json(now)).collect(Collectors.joining(","));
			this.body = isBatch() ? "{\"jobs\":[" + all + "]}" : all;
		}
		return this.body;
	}

}
