package io.surveycoder.jobs.job.poll;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.JobRetention;
import io.surveycoder.jobs.job.JobStatus;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.ResultSetExtractor;
import org.springframework.stereotype.Component;

/**
 * Further pages of lists, and lists of a type, each within its organization and the
 * horizon. A page begins below an id, so whatever comes and goes meanwhile, none repeats
 * or skips a job that was there throughout.
 */
@Component
class JobPages {

	// The horizon is looked at last: below an id, jobs that are gone come after all
	// others.
	// Between two bounds that it does not know PostgreSQL expects next to nothing, and
	// takes
	// any index.
	static final String ALL = """
			select *
			from (
			    select %s, 1 as place from job
			    where organization_id = ? and id < ?
			    order by id desc limit ?) job
			where id >= (select job_horizon(?))
			order by id desc
			""".formatted(FoundList.COLUMNS);

	static final String IN_STATUS = """
			select *
			from (
			    select %s, 1 as place from job
			    where organization_id = ? and status = ? and id < ?
			    order by id desc limit ?) job
			where id >= (select job_horizon(?))
			order by id desc
			""".formatted(FoundList.COLUMNS);

	// Status by status, so that the index which has the type has the order too.
	static final String OF_TYPE = """
			select job.*, 1 as place
			from unnest(?::text[]) as asked (status)
			cross join lateral (
			    select %s from job
			    where organization_id = ? and status = asked.status and type = ? and id < ?
			    order by id desc limit ?) job
			where job.id >= (select job_horizon(?))
			order by job.id desc limit ?
			""".formatted(FoundList.COLUMNS);

	// Above every id.
	private static final String TOP = "job_g";

	private static final String[] ANY_STATUS = Stream.of(JobStatus.values())
		.map(JobStatus::wire)
		.toArray(String[]::new);

	private final JdbcTemplate jdbc;

	private final long retention;

	JobPages(JdbcTemplate jdbc, JobRetention retention) {
		this.jdbc = jdbc;
		this.retention = retention.millis();
	}

	/**
	 * The newest jobs of those that are asked for.
	 */
	FoundList page(String organization, ListRequest asked) {
		String below = asked.after().map(JobId::value).orElse(TOP);
		int rows = asked.limit() + 1;
		if (asked.type().isPresent()) {
			String[] statuses = asked.status().map((one) -> new String[] { one.wire() }).orElse(ANY_STATUS);
			return query(asked.limit(), OF_TYPE, statuses, organization, asked.type().get().wire(), below, rows,
					this.retention, rows);
		}
		if (asked.status().isPresent()) {
			return query(asked.limit(), IN_STATUS, organization, asked.status().get().wire(), below, rows,
					this.retention);
		}
		return query(asked.limit(), ALL, organization, below, rows, this.retention);
	}

	private FoundList query(int limit, String sql, Object... values) {
		return Objects.requireNonNull(this.jdbc.query(sql,
				(ResultSetExtractor<FoundList>) (rows) -> FoundList.read(List.of(limit), rows).getFirst(), values));
	}

}
