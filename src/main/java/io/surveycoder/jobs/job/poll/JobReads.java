package io.surveycoder.jobs.job.poll;

import java.util.List;
import java.util.Optional;

import io.surveycoder.jobs.job.Job;
import io.surveycoder.jobs.job.JobSummary;
import io.surveycoder.jobs.job.JobView;

import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.repository.Repository;

/**
 * What clients read. Each is one statement without a transaction, names the organization
 * first (the primary key begins with it) and the horizon, so that an expired job is gone
 * whether or not its partition is. {@code retention} is in milliseconds.
 */
interface JobReads extends Repository<Job, String> {

	@NativeQuery("""
			select j.id, j.type, j.status, j.processed, j.total, j.updated_at,
			    j.result, j.error_code, j.error_message
			from job j
			where j.organization_id = :organization and j.id = :id and j.id >= job_horizon(:retention)
			""")
	Optional<JobView> one(String organization, String id, long retention);

	@NativeQuery("""
			select j.id, j.type, j.status, j.processed, j.total, j.status = 'completed', j.updated_at
			from job j
			where j.organization_id = :organization and j.id >= job_horizon(:retention)
			order by j.id desc
			""")
	List<JobSummary> newest(String organization, long retention, Limit limit);

	@NativeQuery("""
			select j.id, j.type, j.status, j.processed, j.total, j.status = 'completed', j.updated_at
			from job j
			where j.organization_id = :organization and j.status = :status
			    and j.id >= job_horizon(:retention)
			order by j.id desc
			""")
	List<JobSummary> newestInStatus(String organization, String status, long retention, Limit limit);

}
