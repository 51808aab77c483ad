package io.surveycoder.jobs.job;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A job as a change left it: an entry of the log {@code job_change}.
 *
 * @param xact the transaction that made the change
 * @param version the job's {@code updated_at} in milliseconds since 1970; higher with
 * each change of the job
 * @param organization whose job it is
 * @param id of the job
 * @param type as it is spelled in JSON
 * @param status as it is spelled in JSON
 * @param processed items done
 * @param total items there are
 */
public record JobChange(long xact, long version, String organization, String id, String type, String status,
		int processed, int total) {

	/**
	 * Whether no other change of the job will follow.
	 */
	public boolean isFinal() {
		return this.status.equals("completed") || this.status.equals("failed");
	}

	/**
	 * Without those that only another progress of the same job follows. Done in parts,
	 * one after the other, it comes to the same.
	 */
	public static List<JobChange> coalesced(List<JobChange> changes) {
		Map<String, String> following = new HashMap<>();
		List<JobChange> kept = new ArrayList<>();
		for (JobChange change : changes.reversed()) {
			if (!change.status().equals(following.put(change.id(), change.status()))) {
				kept.add(change);
			}
		}
		Collections.reverse(kept);
		return kept;
	}

}
