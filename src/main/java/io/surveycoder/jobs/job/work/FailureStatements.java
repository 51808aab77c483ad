package io.surveycoder.jobs.job.work;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.surveycoder.jobs.job.JobRetention;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Ends an attempt of each of many jobs with an error: they are queued again after a rest,
 * or have failed.
 */
@Repository
class FailureStatements extends BatchStatements<AttemptFailure> {

	private static final String ENTRIES = entries("retry bool", "spread float8", "code text", "message text");

	static final String FAIL = ENTRIES + """
			update job
			set status = case when entry.retry and attempt < max_attempts then 'queued' else 'failed' end,
			    run_at = case when entry.retry and attempt < max_attempts
			      then now() + (:delays::float8[])[least(attempt, :longest)] * entry.spread * interval '1 second' end,
			    error_code = entry.code, error_message = entry.message, lease_expires_at = null,
			    updated_at = job_next_update(updated_at)
			from entry
			""" + HELD + " returning entry.position, job.status";

	// As LeaseStanding says it: the same error, and where it would lead.
	static final String REPEATS = ENTRIES
			+ """
					select position, status,
					       coalesce(job.lease_token = entry.token and error_code = entry.code and error_message = entry.message
					         and case status when 'queued' then entry.retry
					                         when 'failed' then attempt >= max_attempts or not entry.retry end, false) as repeated
					from entry
					join job on job.organization_id = entry.organization_id and job.id = entry.id
					""";

	private final Double[] delays;

	FailureStatements(JdbcClient jdbc, JobRetention retention, Backoff backoff) {
		super(jdbc, retention);
		this.delays = backoff.secondsByAttempt();
	}

	@Override
	Map<Integer, String> apply(List<AttemptFailure> failures) {
		Map<Integer, String> failed = new HashMap<>();
		withErrors(FAIL, failures).param("delays", this.delays).param("longest", this.delays.length).query((row) -> {
			failed.put(row.getInt("position") - 1, row.getString("status"));
		});
		return failed;
	}

	@Override
	Map<Integer, Optional<String>> repeats(List<AttemptFailure> failures) {
		Map<Integer, Optional<String>> repeats = new HashMap<>();
		withErrors(REPEATS, failures).query((row) -> {
			repeats.put(row.getInt("position") - 1,
					row.getBoolean("repeated") ? Optional.of(row.getString("status")) : Optional.empty());
		});
		return repeats;
	}

	private JdbcClient.StatementSpec withErrors(String sql, List<AttemptFailure> failures) {
		return about(sql, failures).param("retry", failures.stream().map(AttemptFailure::retry).toArray(Boolean[]::new))
			.param("spread", failures.stream().map(AttemptFailure::spread).toArray(Double[]::new))
			.param("code", column(failures, (one) -> one.error().code()))
			.param("message", column(failures, (one) -> one.error().message()));
	}

}
