package io.surveycoder.jobs.job.work;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

import io.surveycoder.jobs.job.JobRetention;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The completion of {@link LeaseStatements} for many jobs in one statement, whatever
 * organizations they are of.
 */
@Repository
class CompletionStatements {

	// The arrays are hidden in subqueries and the lease is asked for by its end: whatever
	// the planner believes of the lengths and of how many jobs are in flight, what is
	// left to it is to look each entry up by the primary key.
	private static final String ENTRIES = """
			with entry as materialized (
			  select * from unnest((select :organizations::text[]), (select :ids::text[]), (select :tokens::uuid[]),
			    (select :results::text[])) with ordinality as entry (organization_id, id, token, result, position))
			""";

	static final String COMPLETE = ENTRIES + """
			update job
			set status = 'completed', processed = total, result = entry.result::json, error_code = null,
			    error_message = null, lease_expires_at = null, updated_at = job_next_update(updated_at)
			from entry
			where job.organization_id = entry.organization_id and job.id = entry.id
			  and job.lease_token = entry.token and job.lease_expires_at is not null
			  and job.id >= job_horizon(:retention)
			returning entry.position
			""";

	static final String REPEATS = ENTRIES + """
			select position, lease_token is not distinct from entry.token
			                 and coalesce(job.result::text = entry.result, false) as repeated
			from entry
			join job on job.organization_id = entry.organization_id and job.id = entry.id
			where job.id >= job_horizon(:retention)
			""";

	private final JdbcClient jdbc;

	private final long retention;

	CompletionStatements(JdbcClient jdbc, JobRetention retention) {
		this.jdbc = jdbc;
		this.retention = retention.millis();
	}

	/**
	 * Finishes those of these jobs that their tokens hold.
	 * @param completions each job and token once, in an order that all callers keep: two
	 * batches with the same jobs then wait for each other, and not both
	 * @return the places in the list of those that did
	 */
	List<Integer> complete(List<Completion> completions) {
		return about(COMPLETE, completions).query((row, _) -> row.getInt("position") - 1).list();
	}

	/**
	 * For completions that changed nothing: which of them were accepted before, to the
	 * character of the result.
	 * @return by their place in the list; without those whose job is not there
	 */
	Map<Integer, Boolean> repeats(List<Completion> completions) {
		Map<Integer, Boolean> repeats = new HashMap<>();
		about(REPEATS, completions).query((row) -> {
			repeats.put(row.getInt("position") - 1, row.getBoolean("repeated"));
		});
		return repeats;
	}

	/**
	 * Which of these jobs are there, in whichever organization.
	 */
	Set<String> existing(Collection<String> ids) {
		return new HashSet<>(this.jdbc.sql("select id from job where id = any (:ids) and id >= job_horizon(:retention)")
			.param("ids", ids.toArray(String[]::new))
			.param("retention", this.retention)
			.query((row, _) -> row.getString("id"))
			.list());
	}

	private JdbcClient.StatementSpec about(String sql, List<Completion> completions) {
		return this.jdbc.sql(sql)
			.param("organizations", column(completions, (one) -> one.token().organizationId()))
			.param("ids", column(completions, (one) -> one.id().value()))
			.param("tokens", completions.stream().map((one) -> one.token().secret()).toArray(UUID[]::new))
			.param("results", column(completions, (one) -> one.result().text()))
			.param("retention", this.retention);
	}

	private static String[] column(List<Completion> completions, Function<Completion, String> value) {
		return completions.stream().map(value).toArray(String[]::new);
	}

}
