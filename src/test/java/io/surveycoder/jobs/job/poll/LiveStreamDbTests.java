package io.surveycoder.jobs.job.poll;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.surveycoder.jobs.access.KeyStanding;
import io.surveycoder.jobs.http.ApiException;
import io.surveycoder.jobs.http.ErrorCode;
import io.surveycoder.jobs.job.ChangeLog;
import io.surveycoder.jobs.job.JobChange;
import io.surveycoder.jobs.job.JobChanges;
import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.Snapshot;
import io.surveycoder.jobs.job.poll.StreamedJobs.Filter;
import io.surveycoder.jobs.testing.JobRows;
import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataAccessResourceFailureException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Streams to clients that are gone, slow, or not allowed any more.
 */
@ServiceTest
class LiveStreamDbTests {

	private static final Duration NEVER = Duration.ofHours(1);

	private static final String PROCESSING = "status = 'processing', lease_token = gen_random_uuid(), "
			+ "lease_seconds = 60, lease_expires_at = now() + interval '1 minute', "
			+ "updated_at = job_next_update(updated_at)";

	@Autowired
	JobAnswers jobs;

	@Autowired
	StreamedJobs lists;

	@Autowired
	ChangeLog log;

	@Autowired
	JobChanges changes;

	@Autowired
	JobRows rows;

	private final String organization = JobRows.organization();

	@Test
	void silenceIsFilledWithComments() throws Exception {
		JobId id = this.rows.insert(this.organization);
		CountDownLatch comments = new CountDownLatch(3);
		CompletableFuture<Void> over = run(jobStream(id, Duration.ofMillis(5), () -> {
		}), new OutputStream() {

			@Override
			public void write(int one) {
				throw new AssertionError("by the piece");
			}

			@Override
			public void write(byte[] bytes) {
				if (new String(bytes, StandardCharsets.UTF_8).equals(":\n\n")) {
					comments.countDown();
				}
			}

		});
		assertThat(comments.await(10, TimeUnit.SECONDS)).isTrue();
		finish(id);
		over.get(10, TimeUnit.SECONDS);
	}

	@Test
	void clientThatIsGoneIsNotFollowedForAnyMore() throws Exception {
		JobId id = this.rows.insert(this.organization);
		run(jobStream(id, Duration.ofMillis(5), () -> {
		}), new ByteArrayOutputStream() {

			@Override
			public void flush() throws IOException {
				if (toString(StandardCharsets.UTF_8).contains(":\n")) {
					throw new IOException("Broken pipe");
				}
			}

		}).get(10, TimeUnit.SECONDS);
		assertThat(this.changes.isFollowed(id)).isFalse();
	}

	@Test
	void nothingIsSentOnceTheKeyOpensNothing() throws Exception {
		JobId id = this.rows.insert(this.organization);
		ByteArrayOutputStream sent = new ByteArrayOutputStream();
		boolean[] revoked = { false };
		CompletableFuture<Void> over = run(jobStream(id, NEVER, () -> {
			if (revoked[0]) {
				throw new ApiException(ErrorCode.KEY_REVOKED, "This API key was revoked");
			}
		}), sent);
		await().until(() -> sent.toString(StandardCharsets.UTF_8).contains("queued"));
		revoked[0] = true;
		this.rows.set(id, PROCESSING);
		over.get(10, TimeUnit.SECONDS);
		assertThat(sent.toString(StandardCharsets.UTF_8)).doesNotContain("processing");
		assertThat(this.changes.isFollowed(id)).isFalse();
	}

	@Test
	void quietStreamOfAKeyThatOpensNothingEndsToo() throws Exception {
		JobId id = this.rows.insert(this.organization);
		boolean[] revoked = { false };
		CompletableFuture<Void> over = run(jobStream(id, Duration.ofMillis(5), () -> {
			if (revoked[0]) {
				throw new ApiException(ErrorCode.KEY_REVOKED, "This API key was revoked");
			}
		}), new ByteArrayOutputStream());
		await().until(() -> this.changes.isFollowed(id));
		revoked[0] = true;
		over.get(10, TimeUnit.SECONDS);
		assertThat(this.changes.isFollowed(id)).isFalse();
	}

	@Test
	void quietStreamOutlivesADatabaseThatIsAway() throws Exception {
		JobId id = this.rows.insert(this.organization);
		CountDownLatch checks = new CountDownLatch(3);
		boolean[] away = { false };
		CompletableFuture<Void> over = run(jobStream(id, Duration.ofMillis(5), () -> {
			if (away[0]) {
				checks.countDown();
				throw new DataAccessResourceFailureException("away");
			}
		}), new ByteArrayOutputStream());
		await().until(() -> this.changes.isFollowed(id));
		away[0] = true;
		assertThat(checks.await(10, TimeUnit.SECONDS)).isTrue();
		away[0] = false;
		finish(id);
		over.get(10, TimeUnit.SECONDS);
	}

	@Test
	void streamOfAJobThatExpiresEnds() throws Exception {
		JobId id = this.rows.insertAged(this.organization, "23 hours 59 minutes 59.5 seconds");
		run(jobStream(id, NEVER, () -> {
		}), new ByteArrayOutputStream()).get(10, TimeUnit.SECONDS);
		assertThat(this.changes.isFollowed(id)).isFalse();
	}

	@Test
	void clientThatDoesNotReadIsLetGoBeforeItCostsMuch() throws Exception {
		JobId id = this.rows.insert(this.organization, "total", "9");
		CountDownLatch reads = new CountDownLatch(1);
		CountDownLatch writes = new CountDownLatch(1);
		ListStream stream = new ListStream(this.lists, this.log, this.changes, () -> {
		}, NEVER, this.organization, new Filter(Optional.empty(), Optional.empty(), 100), Optional.empty());
		stream.open(this.changes.organization(this.organization, stream));
		CompletableFuture<Void> over = run(stream, new ByteArrayOutputStream() {

			@Override
			public void flush() {
				try {
					writes.countDown();
					reads.await();
				}
				catch (InterruptedException ex) {
					throw new AssertionError(ex);
				}
			}

		});
		assertThat(writes.await(10, TimeUnit.SECONDS)).isTrue();
		JobChange change = new JobChange(Long.MAX_VALUE, 1, this.organization, id.value(), "one_call", "queued", 0, 9);
		List<JobChange> many = Collections.nCopies(ChangeLog.MOST, change);
		stream.changed(many, new Snapshot(2, List.of()));
		stream.changed(List.of(change), new Snapshot(2, List.of()));
		reads.countDown();
		over.get(10, TimeUnit.SECONDS);
	}

	private void finish(JobId id) {
		this.rows.set(id, "status = 'failed', error_code = 'X', error_message = 'x', "
				+ "updated_at = job_next_update(updated_at)");
	}

	private JobStream jobStream(JobId id, Duration heartbeat, KeyStanding key) {
		JobStream stream = new JobStream(this.jobs, this.log, this.changes, key, heartbeat, this.organization, id,
				null);
		stream.open(this.changes.job(this.organization, id, stream));
		return stream;
	}

	private static CompletableFuture<Void> run(LiveStream stream, OutputStream client) {
		return CompletableFuture.runAsync(() -> stream.writeTo(client));
	}

}
