package io.surveycoder.jobs.job.submit;

import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.surveycoder.jobs.access.ActiveOrganizations;
import io.surveycoder.jobs.http.ApiException;
import io.surveycoder.jobs.http.Envelope;
import io.surveycoder.jobs.http.RawJson;
import io.surveycoder.jobs.job.JobPartitions;
import io.surveycoder.jobs.job.JobView;
import io.surveycoder.jobs.job.JobViewRow;
import io.surveycoder.jobs.job.JobsQueued;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Stores submitted jobs, any number of them in one statement.
 */
@Service
class Submissions {

	private static final SecureRandom random = new SecureRandom();

	private final JdbcTemplate jdbc;

	private final TransactionTemplate transaction;

	private final JobPartitions partitions;

	private final ActiveOrganizations organizations;

	private final IdempotencyKeys keys;

	private final JsonMapper json;

	private final ApplicationEventPublisher events;

	private final SharedInsert shared = new SharedInsert((jobs) -> withPartitions(() -> insert(jobs)));

	Submissions(JdbcTemplate jdbc, PlatformTransactionManager transactions, JobPartitions partitions,
			ActiveOrganizations organizations, IdempotencyKeys keys, JsonMapper json,
			ApplicationEventPublisher events) {
		this.jdbc = jdbc;
		this.transaction = new TransactionTemplate(transactions);
		this.partitions = partitions;
		this.organizations = organizations;
		this.keys = keys;
		this.json = json;
		this.events = events;
	}

	/**
	 * Stores all of these jobs or none.
	 * @return the jobs, in the order given
	 * @throws ApiException 422 when an organization is unknown or disabled
	 */
	List<JobView> submit(List<Submission> submissions) {
		checkOrganizations(submissions);
		List<JobView> jobs = (submissions.size() == 1) ? List.of(this.shared.store(submissions.getFirst()))
				: withPartitions(() -> insert(submissions));
		announce(submissions);
		return jobs;
	}

	/**
	 * The same for a request that may be repeated: jobs and key are stored in one
	 * transaction, and its repeats get what the first got.
	 * @param data what of the jobs is the answer's {@code data}
	 * @throws ApiException 422 also for a key that came with another body, 409 while its
	 * first request is still running
	 */
	SubmissionAnswer submitOnce(IdempotencyKey key, List<Submission> submissions,
			Function<List<JobView>, Object> data) {
		SubmissionAnswer answer = withPartitions(
				() -> Objects.requireNonNull(this.transaction.execute((_) -> this.keys.begin(key).orElseGet(() -> {
					checkOrganizations(submissions);
					List<JobView> jobs = insert(submissions);
					String body = this.json.writeValueAsString(Envelope.of(data.apply(jobs)));
					SubmissionAnswer first = new SubmissionAnswer(HttpStatus.CREATED.value(), new RawJson(body),
							jobs.getFirst().id(), false);
					this.keys.store(key, first);
					return first;
				}))));
		if (!answer.replayed()) {
			announce(submissions);
		}
		return answer;
	}

	private void checkOrganizations(List<Submission> submissions) {
		Map<String, Boolean> active = this.organizations
			.among(submissions.stream().map(Submission::organizationId).collect(Collectors.toSet()));
		for (Submission submission : submissions) {
			if (!Boolean.TRUE.equals(active.get(submission.organizationId()))) {
				throw ApiException.invalid(
						submission.at() + "organization_id " + submission.organizationId() + " is unknown or disabled");
			}
		}
	}

	private void announce(List<Submission> submissions) {
		submissions.stream()
			.filter((submission) -> submission.runAt() == null)
			.collect(Collectors.groupingBy(Submission::type, Collectors.summingInt((_) -> 1)))
			.forEach((type, count) -> this.events.publishEvent(new JobsQueued(type, count)));
	}

	private <T> T withPartitions(Supplier<T> store) {
		try {
			return store.get();
		}
		catch (DataIntegrityViolationException ex) {
			if (!partitionMissing(ex)) {
				throw ex;
			}
			this.partitions.ensure(Duration.ZERO);
			return store.get();
		}
	}

	// The id's instant is the database's clock; its random part is made here, since a
	// volatile function in a statement would keep it from being sent to a single shard.
	private List<JobView> insert(List<Submission> submissions) {
		String[] suffixes = suffixes(submissions.size());
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

	// In order: of one millisecond's jobs, those of a batch keep the order in which they
	// were given, and are claimed in it.
	private static String[] suffixes(int count) {
		Set<String> suffixes = new TreeSet<>();
		byte[] bytes = new byte[6];
		while (suffixes.size() < count) {
			random.nextBytes(bytes);
			suffixes.add(HexFormat.of().formatHex(bytes));
		}
		return suffixes.toArray(String[]::new);
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
