package io.surveycoder.jobs.job.work;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

import io.surveycoder.jobs.job.JobRetention;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A transition of {@link LeaseStatements} for many jobs in one statement, whatever
 * organizations they are of.
 */
abstract class BatchStatements<T extends LeasedCall> {

	/**
	 * Which job a row is about. The arrays are hidden in subqueries and the lease is
	 * asked for by its end: whatever the planner believes of the lengths and of how many
	 * jobs are in flight, what is left to it is to look each entry up by the primary key.
	 */
	static final String HELD = """
			where job.organization_id = entry.organization_id and job.id = entry.id
			  and job.lease_token = entry.token and job.lease_expires_at is not null
			""";

	private final JdbcClient jdbc;

	private final long retention;

	BatchStatements(JdbcClient jdbc, JobRetention retention) {
		this.jdbc = jdbc;
		this.retention = retention.millis();
	}

	/**
	 * The entries as a table, for {@link #HELD}, without jobs that have expired.
	 * @param values of each, beside its job and token: {@code name type}
	 */
	static String entries(String... values) {
		StringBuilder arrays = new StringBuilder(
				"(select :organizations::text[]), (select :ids::text[]), " + "(select :tokens::uuid[])");
		StringBuilder names = new StringBuilder("organization_id, id, token");
		for (String value : values) {
			String name = value.substring(0, value.indexOf(' '));
			arrays.append(", (select :%s::%s[])".formatted(name, value.substring(name.length() + 1)));
			names.append(", ").append(name);
		}
		return """
				with entry as materialized (
				  select * from unnest(%s) with ordinality as entry (%s, position)
				  where id collate "C" >= (select job_horizon(:retention)))
				""".formatted(arrays, names);
	}

	/**
	 * Makes the transition of those of these jobs that their tokens hold.
	 * @param calls each job and token once, in an order that all callers keep: two
	 * batches with the same jobs then wait for each other, and not both
	 * @return the new status of each, by its place in the list
	 */
	abstract Map<Integer, String> apply(List<T> calls);

	/**
	 * For calls that changed nothing: the status of those that were accepted before, word
	 * for word.
	 * @return by their place in the list, empty for one that was not; without those whose
	 * job is not there
	 */
	abstract Map<Integer, Optional<String>> repeats(List<T> calls);

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

	/**
	 * A statement about these entries, its other values still to be given.
	 */
	final JdbcClient.StatementSpec about(String sql, List<T> calls) {
		return this.jdbc.sql(sql)
			.param("organizations", column(calls, (one) -> one.token().organizationId()))
			.param("ids", column(calls, (one) -> one.id().value()))
			.param("tokens", calls.stream().map((one) -> one.token().secret()).toArray(UUID[]::new))
			.param("retention", this.retention);
	}

	final String[] column(List<T> calls, Function<T, String> value) {
		return calls.stream().map(value).toArray(String[]::new);
	}

}
