package io.surveycoder.jobs.job.work;

import java.util.ArrayList;
import java.util.Arrays;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import io.surveycoder.jobs.http.RawJson;
import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.work.ExpiryStatements.ExpiredInOrganization;
import io.surveycoder.jobs.testing.JobRows;
import io.surveycoder.jobs.testing.Race;
import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

@ServiceTest
class ExpiredLeasesDbTests {

	@Autowired
	LeaseStatements statements;

	@Autowired
	ProgressStatements progress;

	@Autowired
	ClaimStatements queue;

	@Autowired
	ExpiryStatements expiry;

	@Autowired
	ExpiredLeases expiredLeases;

	@Autowired
	JobRows rows;

	@Autowired
	PlatformTransactionManager transactions;

	private final String organization = JobRows.organization();

	@Test
	void jobWhoseLeaseRanOutIsQueuedAgain() {
		JobId job = held("now() - interval '1 second'", "attempt", "2", "max_attempts", "3", "total", "10", "processed",
				"4");
		assertThat(expire(job)).isOne();
		assertThat(holds(job, "status = 'queued' and attempt = 2 and run_at is null and lease_token is null")).isTrue();
		assertThat(this.queue.claim(this.organization, new Claim("next", List.of("auto_coding"), 1, 60), 1))
			.extracting(ClaimedJob::attempt)
			.containsExactly(3);
	}

	@Test
	void jobWithoutAnAttemptLeftFails() {
		JobId job = held("now() - interval '1 second'", "attempt", "3", "max_attempts", "3");
		assertThat(expire(job)).isOne();
		assertThat(holds(job, "status = 'failed' and error_code = 'LEASE_EXPIRED' and lease_token is null")).isTrue();
		assertThat(this.rows.value(job, "error_message", String.class)).contains("3 of 3");
	}

	@Test
	void leaseInForceIsLeftAlone() {
		JobId job = held("now() + interval '1 minute'");
		String before = this.rows.row(job);
		assertThat(expire(job)).isZero();
		assertThat(this.rows.row(job)).isEqualTo(before);
		assertThat(found()).doesNotContain(job.value());
	}

	@Test
	void leasesThatRanOutAreFoundByOrganization() {
		JobId first = held("now() - interval '1 second'");
		JobId second = held("now() - interval '1 minute'");
		this.rows.insert(this.organization);
		List<ExpiredInOrganization> found = this.expiry.expired(1000);
		assertThat(found).filteredOn((one) -> one.organizationId().equals(this.organization))
			.singleElement()
			.satisfies((one) -> assertThat(one.ids()).containsExactlyInAnyOrder(first.value(), second.value()));
		assertThat(this.expiry.expired(1)).singleElement().satisfies((one) -> assertThat(one.ids()).hasSize(1));
	}

	@Test
	void heartbeatBetweenTheSearchAndTheTakingBackWins() {
		JobId job = held("now() - interval '1 second'");
		assertThat(found()).contains(job.value());
		assertThat(heartbeat(job)).isPresent();
		assertThat(expire(job)).isZero();
		assertThat(holds(job, "status = 'processing'")).isTrue();
	}

	@Test
	void jobUnderAWorkersHandIsSkippedWithoutWaiting() {
		JobId busy = held("now() - interval '1 second'");
		JobId other = held("now() - interval '1 second'");
		new TransactionTemplate(this.transactions).executeWithoutResult((_) -> {
			heartbeat(busy).orElseThrow();
			assertThat(Race.of(() -> expire(busy, other))).containsExactly(1);
		});
		assertThat(holds(busy, "status = 'processing'")).isTrue();
		assertThat(holds(other, "status = 'queued'")).isTrue();
	}

	@Test
	void twoSweepsAtOnceTakeEachJobBackOnce() {
		JobId[] jobs = new JobId[20];
		Arrays.setAll(jobs, (_) -> held("now() - interval '1 second'"));
		List<Integer> taken = new ArrayList<>(Race.of(() -> expire(jobs), () -> expire(jobs)));
		taken.add(expire(jobs));
		assertThat(taken.stream().mapToInt(Integer::intValue).sum()).isEqualTo(jobs.length);
		assertThat(jobs).allMatch((job) -> holds(job, "attempt = 1"));
	}

	@Test
	void sweepTwiceIsHarmless() {
		JobId job = held("now() - interval '1 second'");
		this.expiredLeases.sweep();
		String once = this.rows.row(job);
		assertThat(once).contains("queued");
		this.expiredLeases.sweep();
		assertThat(this.rows.row(job)).isEqualTo(once);
	}

	@Test
	void sweepTakesMoreThanOneLotBack() {
		this.rows.insertMany(this.organization, 1500, "status", "'processing'", "lease_token", "gen_random_uuid()",
				"lease_seconds", "60", "lease_expires_at", "now() - interval '1 second'", "attempt", "1");
		this.expiredLeases.sweep();
		assertThat(found()).isEmpty();
	}

	@Test
	void tokenHoldsPastItsTimeUntilTheJobIsTakenBack() {
		JobId job = held("now() - interval '1 hour'");
		assertThat(this.statements.complete(token(job), job, new RawJson("{\"late\":true}"))).isPresent();
		assertThat(expire(job)).isZero();
		assertThat(holds(job, "status = 'completed'")).isTrue();
	}

	@Test
	void expiredJobIsNotWorthTakingBack() {
		JobId job = heldSince("24 hours 1 minute", "now() - interval '1 second'");
		JobId living = heldSince("23 hours 59 minutes", "now() - interval '1 second'");
		assertThat(found()).contains(living.value()).doesNotContain(job.value());
	}

	private JobId held(String until, String... columns) {
		return heldSince("0", until, columns);
	}

	private JobId heldSince(String age, String until, String... columns) {
		List<String> all = new ArrayList<>(List.of("status", "'processing'", "attempt", "1", "lease_token",
				"gen_random_uuid()", "lease_seconds", "60", "lease_expires_at", until));
		all.addAll(Arrays.asList(columns));
		return this.rows.insertAged(this.organization, age, all.toArray(String[]::new));
	}

	private Optional<Instant> heartbeat(JobId job) {
		return this.progress
			.record(List.of(new ProgressReport(job, token(job), 0, null, null)), ProgressStatements.ALONE)
			.getFirst();
	}

	private LeaseToken token(JobId job) {
		return new LeaseToken(this.organization, this.rows.value(job, "lease_token", UUID.class));
	}

	private int expire(JobId... jobs) {
		return this.expiry.expire(new ExpiredInOrganization(this.organization,
				Arrays.stream(jobs).map(JobId::value).toArray(String[]::new)));
	}

	private List<String> found() {
		return this.expiry.expired(10_000)
			.stream()
			.filter((one) -> one.organizationId().equals(this.organization))
			.flatMap((one) -> Arrays.stream(one.ids()))
			.toList();
	}

	private boolean holds(JobId job, String condition) {
		return this.rows.value(job, condition, Boolean.class);
	}

}
