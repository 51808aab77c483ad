package io.surveycoder.jobs.job.submit;

import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.surveycoder.jobs.access.ActiveOrganizations;
import io.surveycoder.jobs.http.ApiException;
import io.surveycoder.jobs.http.RawJson;
import io.surveycoder.jobs.job.JobPartitions;
import io.surveycoder.jobs.job.JobView;
import io.surveycoder.jobs.job.JobViewRow;
import io.surveycoder.jobs.job.JobsQueued;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Service;

/**
 * Stores submitted jobs, any number of them in one statement.
 */
@Service
class Submissions {

	private static final SecureRandom random = new SecureRandom();

	private final JdbcTemplate jdbc;

	private final JobPartitions partitions;

	private final ActiveOrganizations organizations;

	private final ApplicationEventPublisher events;

	Submissions(JdbcTemplate jdbc, JobPartitions partitions, ActiveOrganizations organizations,
			ApplicationEventPublisher events) {
		this.jdbc = jdbc;
		this.partitions = partitions;
		this.organizations = organizations;
		this.events = events;
	}

	/**
	 * Stores all of these jobs or none.
	 * @return the jobs, in the order given
	 * @throws ApiException 422 when an organization is unknown or disabled
	 */
	List<JobView> submit(List<Submission> submissions) {
		for (Submission submission : submissions) {
			if (!this.organizations.contains(submission.organizationId())) {
				throw ApiException
					.invalid("organization_id " + submission.organizationId() + " is unknown or disabled");
			}
		}
		List<JobView> jobs = store(submissions);
		submissions.stream()
			.filter((submission) -> submission.runAt() == null)
			.collect(Collectors.groupingBy(Submission::type, Collectors.summingInt((_) -> 1)))
			.forEach((type, count) -> this.events.publishEvent(new JobsQueued(type, count)));
		return jobs;
	}

	private List<JobView> store(List<Submission> submissions) {
		try {
			return insert(submissions);
		}
		catch (DataIntegrityViolationException ex) {
			if (!partitionMissing(ex)) {
				throw ex;
			}
			this.partitions.ensure(Duration.ZERO);
			return insert(submissions);
		}
	}

	// The id's instant is the database's clock; its random part is made here, since a
	// volatile function in a statement would keep it from being sent to a single shard.
	private List<JobView> insert(List<Submission> submissions) {
		String[] suffixes = submissions.stream().map((_) -> suffix()).toArray(String[]::new);
		Map<String, JobView> stored = this.jdbc
			.query("""
						insert into job (organization_id, id, type, total, payload, priority, max_attempts, run_at, metadata,
						                 updated_at)
						select organization_id, job_id_at(now()) || suffix, type, total, payload::json, priority, max_attempts,
						       case when run_at::timestamptz > now() then run_at::timestamptz end, metadata::json, date_trunc('milliseconds', now())
						from unnest(?::text[], ?::text[], ?::text[], ?::int[], ?::text[], ?::int[], ?::int[], ?::text[], ?::text[])
						  as submitted (organization_id, suffix, type, total, payload, priority, max_attempts, run_at, metadata)
						returning %s
					"""
				.formatted(JobView.COLUMNS), new JobViewRow(),
					column(submissions, String.class, Submission::organizationId), suffixes,
					column(submissions, String.class, Submission::type),
					column(submissions, Integer.class, Submission::total),
					column(submissions, String.class, (submission) -> text(submission.payload())),
					column(submissions, Integer.class, Submission::priority),
					column(submissions, Integer.class, Submission::maxAttempts),
					column(submissions, String.class,
							(submission) -> (submission.runAt() != null) ? submission.runAt().toString() : null),
					column(submissions, String.class, (submission) -> text(submission.metadata())))
			.stream()
			.collect(Collectors.toMap((job) -> job.id().substring(16), Function.identity()));
		// RETURNING promises no order.
		return Arrays.stream(suffixes).map((suffix) -> Objects.requireNonNull(stored.get(suffix))).toList();
	}

	private static String suffix() {
		byte[] bytes = new byte[6];
		random.nextBytes(bytes);
		return HexFormat.of().formatHex(bytes);
	}

	private static <T> Object column(List<Submission> submissions, Class<T> type,
			Function<Submission, @Nullable T> value) {
		return submissions.stream()
			.map(value)
			.toArray((length) -> (Object[]) java.lang.reflect.Array.newInstance(type, length));
	}

	private static @Nullable String text(@Nullable RawJson json) {
		return (json != null) ? json.text() : null;
	}

	// PostgreSQL reports a row that no partition takes as a check violation without a
	// constraint.
	private static boolean partitionMissing(DataIntegrityViolationException ex) {
		return ex.getMostSpecificCause() instanceof SQLException cause && "23514".equals(cause.getSQLState())
				&& cause instanceof PSQLException postgres && postgres.getServerErrorMessage() != null
				&& postgres.getServerErrorMessage().getConstraint() == null;
	}

}
