package io.surveycoder.jobs.job.poll;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.surveycoder.jobs.job.JobRetention;
import io.surveycoder.jobs.job.JobStatus;
import io.surveycoder.jobs.job.SharedCalls;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.ResultSetExtractor;
import org.springframework.stereotype.Component;

/**
 * First pages of the lists that clients ask for all the time, from the database straight
 * into the answer, each within its organization and the horizon. Lists that are asked for
 * while others are read share the next statement, and equal ones an answer. All others
 * are {@link JobPages}.
 */
@Component
class JobLists {

	static final String NEWEST = """
			select %s, 1 as place
			from job
			where organization_id = ? and id >= (select job_horizon(?))
			order by id desc limit ?
			""".formatted(FoundList.COLUMNS);

	static final String NEWEST_IN_STATUS = """
			select %s, 1 as place
			from job
			where organization_id = ? and status = ? and id >= (select job_horizon(?))
			order by id desc limit ?
			""".formatted(FoundList.COLUMNS);

	static final String MANY_NEWEST = """
			select job.*, asked.place
			from unnest(?::text[], ?::int[]) with ordinality as asked (organization_id, most, place)
			cross join lateral (
			    select %s from job
			    where organization_id = asked.organization_id and id >= (select job_horizon(?))
			    order by id desc limit asked.most) job
			order by asked.place, job.id desc
			""".formatted(FoundList.COLUMNS);

	static final String MANY_NEWEST_IN_STATUS = """
			select job.*, asked.place
			from unnest(?::text[], ?::text[], ?::int[]) with ordinality as asked (organization_id, status, most, place)
			cross join lateral (
			    select %s from job
			    where organization_id = asked.organization_id and status = asked.status
			      and id >= (select job_horizon(?))
			    order by id desc limit asked.most) job
			order by asked.place, job.id desc
			""".formatted(FoundList.COLUMNS);

	private static final int AT_ONCE = 2;

	// Of up to a hundred jobs each.
	private static final int MOST = 16;

	private final JdbcTemplate jdbc;

	private final long retention;

	private final SharedCalls<Asked, FoundList> ofAll = new SharedCalls<>(AT_ONCE, MOST, this::findAll);

	private final SharedCalls<Asked, FoundList> inStatus = new SharedCalls<>(AT_ONCE, MOST, this::findInStatus);

	JobLists(JdbcTemplate jdbc, JobRetention retention) {
		this.jdbc = jdbc;
		this.retention = retention.millis();
	}

	/**
	 * The newest jobs.
	 * @param status only these; null: all
	 * @param limit at most so many
	 */
	FoundList newest(String organization, @Nullable JobStatus status, int limit) {
		return (status != null) ? this.inStatus.answer(new Asked(organization, status.wire(), limit))
				: this.ofAll.answer(new Asked(organization, "", limit));
	}

	/**
	 * How many lists wait for their turn; for tests.
	 */
	int waiting() {
		return this.ofAll.waiting() + this.inStatus.waiting();
	}

	private List<FoundList> findAll(List<Asked> asked) {
		List<Asked> lists = asked.stream().distinct().toList();
		Asked first = lists.getFirst();
		Map<Asked, FoundList> found = (lists.size() == 1)
				? query(lists, NEWEST, first.organization, this.retention, first.limit + 1)
				: query(lists, MANY_NEWEST, organizations(lists), limits(lists), this.retention);
		return asked.stream().map((one) -> Objects.requireNonNull(found.get(one))).toList();
	}

	private List<FoundList> findInStatus(List<Asked> asked) {
		List<Asked> lists = asked.stream().distinct().toList();
		Asked first = lists.getFirst();
		Map<Asked, FoundList> found = (lists.size() == 1)
				? query(lists, NEWEST_IN_STATUS, first.organization, first.status, this.retention, first.limit + 1)
				: query(lists, MANY_NEWEST_IN_STATUS, organizations(lists),
						lists.stream().map(Asked::status).toArray(String[]::new), limits(lists), this.retention);
		return asked.stream().map((one) -> Objects.requireNonNull(found.get(one))).toList();
	}

	private static String[] organizations(List<Asked> lists) {
		return lists.stream().map(Asked::organization).toArray(String[]::new);
	}

	// One row more says whether there are more jobs.
	private static Integer[] limits(List<Asked> lists) {
		return lists.stream().map((one) -> one.limit + 1).toArray(Integer[]::new);
	}

	private Map<Asked, FoundList> query(List<Asked> lists, String sql, Object... values) {
		List<FoundList> found = Objects
			.requireNonNull(this.jdbc.query(sql, (ResultSetExtractor<List<FoundList>>) (rows) -> FoundList
				.read(lists.stream().map(Asked::limit).toList(), rows), values));
		Map<Asked, FoundList> byRequest = new HashMap<>();
		for (int n = 0; n < lists.size(); n++) {
			byRequest.put(lists.get(n), found.get(n));
		}
		return byRequest;
	}

	private record Asked(String organization, String status, int limit) {
	}

}
