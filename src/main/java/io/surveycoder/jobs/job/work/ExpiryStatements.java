package io.surveycoder.jobs.job.work;

import java.util.List;

import io.surveycoder.jobs.job.JobRetention;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The one transition that no worker asks for: a lease that ran out. Found with a plain
 * read across organizations, made one organization at a time.
 */
@Repository
class ExpiryStatements {

	static final String EXPIRED = """
			select organization_id, array_agg(id) as ids
			from (select organization_id, id from job
			      where status = 'processing' and lease_expires_at < now() and id >= job_horizon(:retention)
			      limit :limit) expired
			group by organization_id
			""";

	private final JdbcClient jdbc;

	private final QueuePlaces places;

	private final long retention;

	ExpiryStatements(JdbcClient jdbc, QueuePlaces places, JobRetention retention) {
		this.jdbc = jdbc;
		this.places = places;
		this.retention = retention.millis();
	}

	/**
	 * Leases that ran out, at most so many, by organization.
	 */
	List<ExpiredInOrganization> expired(int limit) {
		return this.jdbc.sql(EXPIRED)
			.param("retention", this.retention)
			.param("limit", limit)
			.query((row, _) -> new ExpiredInOrganization(row.getString("organization_id"),
					(String[]) row.getArray("ids").getArray()))
			.list();
	}

	/**
	 * Takes jobs back whose lease ran out: queued again, or failed when no attempt is
	 * left. Checked once more under the lock, so that a heartbeat in between wins, and
	 * another instance at the same work is harmless.
	 * @return how many
	 */
	int expire(ExpiredInOrganization jobs) {
		int taken = this.jdbc.sql("""
				update job
				set status = case when attempt < max_attempts then 'queued' else 'failed' end,
				    error_code = 'LEASE_EXPIRED',
				    error_message = 'The worker''s lease ran out on attempt ' || attempt || ' of ' || max_attempts,
				    lease_token = null, lease_expires_at = null, updated_at = job_next_update(updated_at)
				where organization_id = :organization
				  and id = any (array(
				    select id from job
				    where organization_id = :organization and id = any (:ids) and status = 'processing'
				      and lease_expires_at < now()
				    for update skip locked))
				""").param("organization", jobs.organizationId).param("ids", jobs.ids).update();
		this.places.forget();
		return taken;
	}

	/**
	 * Jobs of one organization whose lease ran out.
	 */
	record ExpiredInOrganization(String organizationId, String[] ids) {
	}

}
