package io.surveycoder.jobs.job.cancel;

import java.util.Optional;

import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.JobRetention;
import io.surveycoder.jobs.job.JobView;
import io.surveycoder.jobs.job.JobViewRow;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The one transition that a client asks for: one statement, guarded by the statuses that
 * it leaves.
 */
@Repository
class CancelStatements {

	private static final JobViewRow view = new JobViewRow();

	private final JdbcClient jdbc;

	private final long retention;

	CancelStatements(JdbcClient jdbc, JobRetention retention) {
		this.jdbc = jdbc;
		this.retention = retention.millis();
	}

	/**
	 * Gives a job up that is not finished. The token goes: whatever its worker calls next
	 * is stale, and no repeat of anything.
	 */
	Optional<JobView> cancel(String organization, JobId id) {
		return about("""
				update job
				set status = 'failed', error_code = 'CANCELLED', error_message = 'Cancelled by the client',
				    run_at = null, lease_token = null, lease_expires_at = null,
				    updated_at = job_next_update(updated_at)
				where organization_id = :organization and id = :id and status in ('queued', 'processing')
				  and id >= job_horizon(:retention)
				returning
				""" + JobView.COLUMNS, organization, id).query(view).optional();
	}

	/**
	 * The status of a job, for a cancellation that changed nothing.
	 */
	Optional<String> status(String organization, JobId id) {
		return about("""
				select status from job
				where organization_id = :organization and id = :id and id >= job_horizon(:retention)
				""", organization, id).query(String.class).optional();
	}

	private JdbcClient.StatementSpec about(String sql, String organization, JobId id) {
		return this.jdbc.sql(sql)
			.param("organization", organization)
			.param("id", id.value())
			.param("retention", this.retention);
	}

}
