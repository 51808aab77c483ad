package io.surveycoder.jobs.job.work;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.surveycoder.jobs.http.ApiException;
import io.surveycoder.jobs.http.RawJson;
import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.JobType;
import io.surveycoder.jobs.testing.JobRows;
import io.surveycoder.jobs.testing.Race;
import io.surveycoder.jobs.testing.ServiceTest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Reports of many jobs in one statement; those of one: {@link TransitionDbTests}.
 */
@ServiceTest
class ProgressDbTests {

	@Autowired
	ProgressStatements progress;

	@Autowired
	LeaseStatements leases;

	@Autowired
	Leases calls;

	@Autowired
	ClaimStatements queue;

	@Autowired
	JobRows rows;

	@Autowired
	PlatformTransactionManager transactions;

	@Test
	void eachCountsForItselfWhicheverOrganizationItIsOf() {
		ClaimedJob one = held();
		ClaimedJob other = held();
		ClaimedJob past = held();
		ClaimedJob done = held();
		this.leases.complete(token(done), id(done), RawJson.EMPTY).orElseThrow();
		ProgressReport stale = new ProgressReport(id(other), new LeaseToken(other.organizationId(), UUID.randomUUID()),
				9, null, null);
		ProgressReport foreign = new ProgressReport(id(one),
				new LeaseToken(other.organizationId(), token(one).secret()), 9, null, null);
		List<Optional<Instant>> ends = this.progress.record(List.of(report(past, 11, null, null),
				report(other, 12, 20, 3600), stale, report(done, 1, null, null), report(one, 3, null, null), foreign),
				ProgressStatements.ALONE);
		assertThat(ends).extracting(Optional::isPresent).containsExactly(false, true, false, false, true, false);
		assertThat(ends.get(1)).contains(leaseEnd(other));
		assertThat(ends.get(4)).contains(leaseEnd(one));
		assertThat(state(one)).isEqualTo("3/10 60");
		assertThat(state(other)).isEqualTo("12/20 3600");
		assertThat(state(past)).isEqualTo("0/10 60");
		assertThat(state(done)).isEqualTo("10/10 60");
	}

	@Test
	void ofSeveralReportsOfOneJobEachCountsAndTheLastStays() {
		ClaimedJob job = held();
		ClaimedJob other = held();
		List<Optional<Instant>> ends = this.progress
			.record(List.of(report(job, 20, 30, null), report(other, 1, null, null), report(job, 25, null, 120),
					report(job, 31, null, null), report(job, 24, null, null)), ProgressStatements.ALONE);
		assertThat(ends).extracting(Optional::isPresent).containsExactly(true, true, true, false, true);
		assertThat(state(job)).isEqualTo("24/30 120");
	}

	@Test
	void reportsOfTheSameJobsInAnyOrderAtTheSameMomentAllCount() {
		List<ClaimedJob> jobs = IntStream.range(0, 20).mapToObj((_) -> held()).toList();
		for (int round = 0; round < 10; round++) {
			List<List<Optional<Instant>>> ends = Race.of(
					() -> this.progress.record(reports(jobs), ProgressStatements.ALONE),
					() -> this.progress.record(reports(jobs.reversed()), ProgressStatements.ALONE));
			assertThat(ends).allSatisfy((all) -> assertThat(all).hasSize(20).allMatch(Optional::isPresent));
		}
	}

	@Test
	void reportAndOutcomeAtTheSameMomentLeaveTheJobDone() {
		for (int round = 0; round < 10; round++) {
			ClaimedJob job = held();
			Race.of(() -> this.progress.record(List.of(report(job, 4, null, null)), ProgressStatements.ALONE),
					() -> this.leases.complete(token(job), id(job), RawJson.EMPTY).orElseThrow());
			assertThat(state(job)).isEqualTo("10/10 60");
		}
	}

	@Test
	void callsThatComeTogetherAreEachAnsweredForTheirJob() {
		List<ClaimedJob> jobs = IntStream.range(0, 60).mapToObj((_) -> held()).toList();
		List<String> answers = Race.of(IntStream.range(0, jobs.size()).mapToObj((i) -> (Callable<String>) () -> {
			try {
				// Every tenth is past the total.
				return this.calls
					.progress(id(jobs.get(i)), jobs.get(i).leaseToken(), (i % 10 == 0) ? 11 : i % 10, null, 30 + i)
					.toString();
			}
			catch (ApiException ex) {
				return ex.code().name();
			}
		}).<Callable<String>>toArray(Callable[]::new));
		for (int i = 0; i < jobs.size(); i++) {
			assertThat(answers.get(i)).isEqualTo((i % 10 == 0) ? "VALIDATION_ERROR" : leaseEnd(jobs.get(i)).toString());
			assertThat(state(jobs.get(i))).isEqualTo((i % 10 == 0) ? "0/10 60" : i % 10 + "/10 " + (30 + i));
		}
	}

	@Test
	void jobThatSomebodyHoldsKeepsNoOtherFromBeingRecorded() {
		List<ClaimedJob> held = IntStream.range(0, 2).mapToObj((_) -> held()).toList();
		List<ClaimedJob> others = IntStream.range(0, 8).mapToObj((_) -> held()).toList();
		List<CompletableFuture<Instant>> waiting = Objects
			.requireNonNull(new TransactionTemplate(this.transactions).execute((_) -> {
				held.forEach((job) -> this.rows.set(id(job), "worker = 'paused'"));
				List<CompletableFuture<Instant>> reports = held.stream().map(this::reportLater).toList();
				// They hold both turns for a moment, and then wait outside of them.
				others.forEach((job) -> assertThat(reportLater(job)).succeedsWithin(Duration.ofSeconds(5)));
				assertThat(reports).noneMatch(CompletableFuture::isDone);
				return reports;
			}));
		assertThat(waiting).allSatisfy((report) -> assertThat(report).succeedsWithin(Duration.ofSeconds(5)));
		assertThat(Stream.concat(held.stream(), others.stream()).map(this::state)).containsOnly("3/10 60");
	}

	private CompletableFuture<Instant> reportLater(ClaimedJob job) {
		return CompletableFuture.supplyAsync(() -> this.calls.progress(id(job), job.leaseToken(), 3, null, null),
				Thread::startVirtualThread);
	}

	private static List<ProgressReport> reports(List<ClaimedJob> jobs) {
		return jobs.stream().map((job) -> report(job, 1, null, null)).toList();
	}

	private static ProgressReport report(ClaimedJob job, int processed, @Nullable Integer total,
			@Nullable Integer leaseSeconds) {
		return new ProgressReport(id(job), token(job), processed, total, leaseSeconds);
	}

	// Of an organization of its own.
	private ClaimedJob held() {
		String organization = JobRows.organization();
		this.rows.insert(organization, "total", "10");
		return this.queue.claim(organization, new Claim("test", JobType.allWire(), 1, 60), 1).getFirst();
	}

	private Instant leaseEnd(ClaimedJob job) {
		return this.rows.value(id(job), "lease_expires_at", OffsetDateTime.class).toInstant();
	}

	private String state(ClaimedJob job) {
		return this.rows.value(id(job), "processed || '/' || total || ' ' || lease_seconds", String.class);
	}

	private static JobId id(ClaimedJob job) {
		return new JobId(job.id());
	}

	private static LeaseToken token(ClaimedJob job) {
		return LeaseToken.parse(job.leaseToken()).orElseThrow();
	}

}
