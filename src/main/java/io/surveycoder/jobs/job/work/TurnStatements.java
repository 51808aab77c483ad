package io.surveycoder.jobs.job.work;

import java.util.List;
import java.util.Optional;

import io.surveycoder.jobs.job.JobRetention;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Whose turn it is to be claimed from. Plain reads: what they find may be gone when it is
 * claimed (docs/adr/0008).
 */
@Repository
class TurnStatements {

	private static final String NEXT_OF_ANY_TYPE = """
			select organization_id from job
			where %s and %%s
			order by organization_id, priority desc, id limit 1
			""".formatted(ClaimStatements.CLAIMABLE);

	private static final String NEXT_OF_TYPES = """
			select next.organization_id
			from unnest(:types::text[]) wanted (type)
			cross join lateral (
			  select organization_id from job
			  where job.type = wanted.type and %s and %%s
			  order by organization_id, -priority, id limit 1) next
			order by 1 limit 1
			""".formatted(ClaimStatements.CLAIMABLE);

	// Round the order of ids, up to the one that it begins after. No id is above org_g.
	private static final String FURTHER = """
			with recursive turn (organization_id, until, place) as (
			  select :previous::text collate "C", 'org_g'::text collate "C", 0
			  union all
			  select next.organization_id, next.until, turn.place + 1
			  from turn
			  cross join lateral (
			    (select following.organization_id, turn.until from (%s) following)
			    union all
			    (select first.organization_id, :previous::text collate "C" from (%s) first where turn.until = 'org_g')
			    limit 1) next
			  where turn.place < :most)
			select organization_id from turn where place > 0
			""";

	static final String ORGANIZATION_OF_ANY_TYPE = afterAndRound(NEXT_OF_ANY_TYPE, "");

	static final String ORGANIZATION_OF_TYPES = afterAndRound(NEXT_OF_TYPES, "");

	// Losing a claim that was not followed by anything only means claiming again, and
	// whatever follows it takes it along to the disk: the worker need not wait for that.
	private static final String NOT_FLUSHED = ", set_config('synchronous_commit', 'off', true)";

	static final String FURTHER_OF_ANY_TYPE = further(NEXT_OF_ANY_TYPE);

	static final String FURTHER_OF_TYPES = further(NEXT_OF_TYPES);

	private static final String ORGANIZATION_OF_ANY_TYPE_NOT_FLUSHED = afterAndRound(NEXT_OF_ANY_TYPE, NOT_FLUSHED);

	private static final String ORGANIZATION_OF_TYPES_NOT_FLUSHED = afterAndRound(NEXT_OF_TYPES, NOT_FLUSHED);

	private final JdbcClient jdbc;

	private final QueuePlaces places;

	private final long retention;

	TurnStatements(JdbcClient jdbc, QueuePlaces places, JobRetention retention) {
		this.jdbc = jdbc;
		this.places = places;
		this.retention = retention.millis();
	}

	// The claim that follows in the same transaction must walk the queue in its order:
	// where the planner expects few jobs of an organization it would rather read them all
	// and sort, and there may be a hundred thousand. And it is planned once: PostgreSQL
	// would plan it anew each time, for a third of what it costs to run.
	private static String afterAndRound(String next, String settings) {
		return """
				select ((%s) union all (%s) union all (%s) limit 1) as organization_id,
				       set_config('enable_sort', 'off', true), set_config('plan_cache_mode', 'force_generic_plan', true)%s
				"""
			.formatted(next.formatted("organization_id > :previous"), next.formatted("organization_id < :previous"),
					next.formatted("organization_id = :previous and :round"), settings);
	}

	private static String further(String next) {
		return FURTHER.formatted(
				next.formatted("organization_id > turn.organization_id and organization_id < turn.until"),
				next.formatted("organization_id < :previous"));
	}

	/**
	 * The next organization after this one, in the order of their ids and round, that has
	 * a job to claim.
	 * @param flushed whether the transaction's commit is to wait for the disk
	 * @return empty also when only the previous one may have a job: with a place in its
	 * queue, which {@link ClaimStatements#claim} goes on from, the dead entries before it
	 * are not looked through
	 */
	Optional<String> organizationAfter(String previous, Claim claim, boolean flushed) {
		boolean round = !this.places.isKnown(previous, claim);
		Optional<String> next = (flushed ? queue(claim, ORGANIZATION_OF_ANY_TYPE, ORGANIZATION_OF_TYPES)
				: queue(claim, ORGANIZATION_OF_ANY_TYPE_NOT_FLUSHED, ORGANIZATION_OF_TYPES_NOT_FLUSHED))
			.param("previous", previous)
			.param("round", round)
			.query((row, _) -> Optional.ofNullable(row.getString("organization_id")))
			.single();
		return (next.isEmpty() && !round) ? Optional.of(previous) : next;
	}

	/**
	 * The organizations after one that was asked already, in the same order, but for that
	 * one. Belongs into the transaction of {@link #organizationAfter}.
	 * @param most at most so many
	 */
	List<String> organizationsAfter(String previous, Claim claim, int most) {
		return queue(claim, FURTHER_OF_ANY_TYPE, FURTHER_OF_TYPES).param("previous", previous)
			.param("most", most)
			.query((row, _) -> row.getString("organization_id"))
			.list();
	}

	private JdbcClient.StatementSpec queue(Claim claim, String ofAnyType, String ofTypes) {
		return claim.statement(this.jdbc, ofAnyType, ofTypes).param("retention", this.retention);
	}

}
