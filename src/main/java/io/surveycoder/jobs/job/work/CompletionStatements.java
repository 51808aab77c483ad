package io.surveycoder.jobs.job.work;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.surveycoder.jobs.job.JobRetention;
import io.surveycoder.jobs.job.JobStatus;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Finishes many jobs, each with its result.
 */
@Repository
class CompletionStatements extends BatchStatements<Completion> {

	private static final String ENTRIES = entries("result text");

	static final String COMPLETE = ENTRIES + """
			update job
			set status = 'completed', processed = total, result = entry.result::json, error_code = null,
			    error_message = null, lease_expires_at = null, updated_at = job_next_update(updated_at)
			from entry
			""" + HELD + " returning entry.position";

	static final String REPEATS = ENTRIES + """
			select position, lease_token is not distinct from entry.token
			                 and coalesce(job.result::text = entry.result, false) as repeated
			from entry
			join job on job.organization_id = entry.organization_id and job.id = entry.id
			""";

	CompletionStatements(JdbcClient jdbc, JobRetention retention) {
		super(jdbc, retention);
	}

	@Override
	Map<Integer, String> apply(List<Completion> completions) {
		Map<Integer, String> completed = new HashMap<>();
		withResult(COMPLETE, completions).query((row) -> {
			completed.put(row.getInt("position") - 1, JobStatus.COMPLETED.wire());
		});
		return completed;
	}

	/**
	 * {@inheritDoc} The same result is the same to the character.
	 */
	@Override
	Map<Integer, Optional<String>> repeats(List<Completion> completions) {
		Map<Integer, Optional<String>> repeats = new HashMap<>();
		withResult(REPEATS, completions).query((row) -> {
			repeats.put(row.getInt("position") - 1,
					row.getBoolean("repeated") ? Optional.of(JobStatus.COMPLETED.wire()) : Optional.empty());
		});
		return repeats;
	}

	private JdbcClient.StatementSpec withResult(String sql, List<Completion> completions) {
		return about(sql, completions).param("result", column(completions, (one) -> one.result().text()));
	}

}
