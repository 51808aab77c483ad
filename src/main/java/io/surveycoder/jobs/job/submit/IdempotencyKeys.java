package io.surveycoder.jobs.job.submit;

import java.util.HexFormat;
import java.util.Optional;

import io.surveycoder.jobs.http.ApiException;
import io.surveycoder.jobs.http.ErrorCode;
import io.surveycoder.jobs.http.RawJson;
import io.surveycoder.jobs.job.JobRetention;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * The answers that requests with an {@code Idempotency-Key} got in the last 24 hours.
 */
@Repository
class IdempotencyKeys {

	private final JdbcClient jdbc;

	IdempotencyKeys(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/**
	 * Begins a request, for as long as the transaction lasts.
	 * @return the answer that the same request got before; empty for the first
	 * @throws ApiException 409 while the first is still running, 422 when it had another
	 * body
	 */
	@Transactional(propagation = Propagation.MANDATORY)
	public Optional<SubmissionAnswer> begin(IdempotencyKey key) {
		// A lock and not a unique constraint: that would wait for the first instead of
		// telling, and cannot hold across partitions. It is asked for in a statement of
		// its own, since the next must see what its last holder committed.
		boolean first = this.jdbc.sql("select pg_try_advisory_xact_lock(hashtextextended(:owner || ' ' || :key, 0))")
			.param("owner", key.apiKeyId())
			.param("key", key.key())
			.query(Boolean.class)
			.single();
		Optional<Stored> stored = this.jdbc.sql("""
				select body_hash, status, answer, job_id from idempotency_key
				where api_key_id = :owner and key = :key and job_id >= job_horizon(:lifetime)
				order by job_id desc limit 1
				""")
			.param("owner", key.apiKeyId())
			.param("key", key.key())
			.param("lifetime", JobRetention.IDEMPOTENCY.toMillis())
			.query((row, _) -> new Stored(HexFormat.of().formatHex(row.getBytes("body_hash")),
					new SubmissionAnswer(row.getInt("status"), new RawJson(row.getString("answer")),
							row.getString("job_id"), true)))
			.optional();
		if (stored.isPresent() && !stored.get().bodyHash.equals(key.bodyHash())) {
			throw ApiException.invalid("Idempotency-Key reused with different body");
		}
		if (stored.isEmpty() && !first) {
			throw new ApiException(ErrorCode.INVALID_STATE,
					"The first request with this Idempotency-Key is still running; try again");
		}
		return stored.map(Stored::answer);
	}

	/**
	 * Keeps the answer for the repeats, if the transaction is committed.
	 */
	@Transactional(propagation = Propagation.MANDATORY)
	public void store(IdempotencyKey key, SubmissionAnswer answer) {
		this.jdbc.sql(
				"insert into idempotency_key (job_id, api_key_id, key, body_hash, status, answer) values (?, ?, ?, ?, ?, ?)")
			.params(answer.firstJobId(), key.apiKeyId(), key.key(), key.bodyHashBytes(), answer.status(),
					answer.body().text())
			.update();
	}

	private record Stored(String bodyHash, SubmissionAnswer answer) {
	}

}
