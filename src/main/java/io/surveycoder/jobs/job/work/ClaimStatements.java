package io.surveycoder.jobs.job.work;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

import io.surveycoder.jobs.http.RawJson;
import io.surveycoder.jobs.job.JobRetention;
import io.surveycoder.jobs.job.work.QueuePlaces.Place;
import io.surveycoder.jobs.job.work.QueuePlaces.Start;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The queue: what can be claimed now, and the claim itself. Each statement reads an index
 * that holds only claimable jobs, in the order in which they are wanted, so that it costs
 * the same beside any history and any backlog (docs/adr/0008).
 */
@Repository
class ClaimStatements {

	/**
	 * As the indexes {@code job_queue} and {@code job_queue_by_type} say it.
	 */
	static final String CLAIMABLE = "status = 'queued' and run_at is null and id >= (select job_horizon(:retention))";

	// Of each range of priorities and each type as many as are wanted in all: what is too
	// much is unlocked again at the end.
	private static final String PICK_ANY_TYPE = """
			select queued.id
			from unnest(:lowest::int[], :highest::int[], :from::text[]) part (lowest, highest, start)
			cross join lateral (
			  select id, priority from job
			  where organization_id = :organization and priority between part.lowest and part.highest
			    and id >= part.start and %s
			  order by priority desc, id limit :limit
			  for update skip locked) queued
			order by queued.priority desc, queued.id limit :limit
			""".formatted(CLAIMABLE);

	private static final String PICK_TYPES = """
			select queued.id
			from unnest(:types::text[]) wanted (type)
			cross join unnest(:lowest::int[], :highest::int[], :from::text[]) part (lowest, highest, start)
			cross join lateral (
			  select id, priority from job
			  where job.type = wanted.type and organization_id = :organization
			    and -priority between -part.highest and -part.lowest and id >= part.start and %s
			  order by -priority, id limit :limit
			  for update skip locked) queued
			order by queued.priority desc, queued.id limit :limit
			""".formatted(CLAIMABLE);

	// The ids are picked first, into an array: as a join the planner may turn it round
	// and read the whole history, and "in (select … limit)" may be planned to run more
	// than once and lease more rows than the limit.
	private static final String CLAIM = """
			with picked as materialized (select array(%s) as ids),
			claimed as (
			  update job
			  set status = 'processing', attempt = attempt + 1, worker = :worker, lease_seconds = :lease,
			      lease_expires_at = statement_timestamp() + :lease * interval '1 second',
			      lease_token = gen_random_uuid(), updated_at = job_next_update(updated_at)
			  where organization_id = :organization and id = any ((select ids from picked)::text[])
			  returning id, type, attempt, total, priority, payload, metadata, lease_token, lease_expires_at)
			select * from claimed order by priority desc, id
			""";

	static final String CLAIM_ANY_TYPE = CLAIM.formatted(PICK_ANY_TYPE);

	static final String CLAIM_TYPES = CLAIM.formatted(PICK_TYPES);

	// In the order of an index: any row would do, but without it statistics that still
	// know most jobs as queued could make a scan of the whole history look short.
	static final String CLAIMABLE_JOBS = """
			select wanted.type, (
			  select count(*) from (
			    select from job where job.type = wanted.type and %s
			    order by organization_id, -priority, id limit wanted.most) claimable) as jobs
			from unnest(:types::text[], :most::int[]) wanted (type, most)
			union all
			select '', (select 1 from job where run_at <= now() order by run_at limit 1)
			""".formatted(CLAIMABLE);

	// A range of the index job_deferred, up to the last of so many. One session at a
	// time,
	// and the others do not wait for it: each would look at every row again that it had
	// let in.
	static final String ADMIT = """
			update job set run_at = null
			where run_at <= now() and (run_at, id) <= (
			  select run_at, id from (
			    select run_at, id from job
			    where run_at <= now() and (select pg_try_advisory_xact_lock(%d))
			    order by run_at, id limit :limit) due
			  order by run_at desc, id desc limit 1)
			returning type
			""".formatted(0x6a6f62735f71L);

	private final JdbcClient jdbc;

	private final QueuePlaces places;

	private final long retention;

	ClaimStatements(JdbcClient jdbc, QueuePlaces places, JobRetention retention) {
		this.jdbc = jdbc;
		this.places = places;
		this.retention = retention.millis();
	}

	/**
	 * Leases jobs of one organization, highest priority first, then oldest. Belongs into
	 * the transaction of {@link TurnStatements#organizationAfter}.
	 * @param limit at most so many, whatever the claim says
	 * @return the jobs in that order; none when others were faster
	 */
	List<ClaimedJob> claim(String organization, Claim claim, int limit) {
		Start start = this.places.begin(organization, claim);
		List<ClaimedJob> claimed = claim(organization, claim, limit, start);
		if (start.place().isPresent() && claimed.size() < limit) {
			List<ClaimedJob> more = claim(organization, claim, limit - claimed.size(), start.atHead());
			claimed = Stream.concat(claimed.stream(), more.stream()).toList();
		}
		return claimed;
	}

	private List<ClaimedJob> claim(String organization, Claim claim, int limit, Start start) {
		long before = System.nanoTime();
		int[] last = { 0 };
		List<ClaimedJob> claimed = from(start.place(), queue(claim, CLAIM_ANY_TYPE, CLAIM_TYPES))
			.param("organization", organization)
			.param("limit", limit)
			.param("worker", claim.worker())
			.param("lease", claim.leaseSeconds())
			.query((row, _) -> {
				last[0] = row.getInt("priority");
				return new ClaimedJob(row.getString("id"), row.getString("type"), organization, row.getInt("attempt"),
						row.getInt("total"), json(row.getString("payload")), json(row.getString("metadata")),
						new LeaseToken(organization, row.getObject("lease_token", UUID.class)).wire(),
						row.getObject("lease_expires_at", OffsetDateTime.class).toInstant());
			})
			.list();
		if (!claimed.isEmpty()) {
			Duration took = Duration.ofNanos(System.nanoTime() - before);
			this.places.note(organization, claim, start, took, last[0], claimed.getLast().id());
		}
		return claimed;
	}

	// Higher priorities from their head: one that was just submitted comes first.
	private static JdbcClient.StatementSpec from(Optional<Place> place, JdbcClient.StatementSpec statement) {
		if (place.isEmpty()) {
			return statement.param("lowest", new Integer[] { Integer.MIN_VALUE + 1 })
				.param("highest", new Integer[] { Integer.MAX_VALUE })
				.param("from", new String[] { "" });
		}
		int priority = place.get().priority();
		return statement.param("lowest", new Integer[] { priority + 1, priority })
			.param("highest", new Integer[] { Integer.MAX_VALUE, priority })
			.param("from", new String[] { "", place.get().from() });
	}

	/**
	 * What could be claimed or let in now.
	 * @param most for each type, where to stop counting
	 */
	Claimable claimable(Map<String, Integer> most) {
		Map<String, Integer> jobs = new HashMap<>();
		this.jdbc.sql(CLAIMABLE_JOBS)
			.param("types", most.keySet().toArray(String[]::new))
			.param("most", most.values().toArray(Integer[]::new))
			.param("retention", this.retention)
			.query((row) -> {
				jobs.put(row.getString("type"), row.getInt("jobs"));
			});
		Integer due = jobs.remove("");
		return new Claimable(jobs, due != null && due > 0);
	}

	/**
	 * Lets jobs whose {@code run_at} has come into the queue.
	 * @param limit at most so many, the longest due first
	 * @return the type of each; none while another session is at it
	 */
	List<String> admit(int limit) {
		List<String> types = this.jdbc.sql(ADMIT).param("limit", limit).query((row, _) -> row.getString("type")).list();
		if (!types.isEmpty()) {
			this.places.forget();
		}
		return types;
	}

	private JdbcClient.StatementSpec queue(Claim claim, String ofAnyType, String ofTypes) {
		return claim.statement(this.jdbc, ofAnyType, ofTypes).param("retention", this.retention);
	}

	private static RawJson json(@Nullable String text) {
		return (text != null) ? new RawJson(text) : RawJson.EMPTY;
	}

	/**
	 * A look at the queue.
	 *
	 * @param jobs how many of each type can be claimed
	 * @param isAnyDue whether the {@code run_at} of some job has come
	 */
	record Claimable(Map<String, Integer> jobs, boolean isAnyDue) {
	}

}
