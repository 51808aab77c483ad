package io.surveycoder.jobs.job.work;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.JobType;
import io.surveycoder.jobs.testing.JobRows;
import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Claims that go on where the last one stopped. None depends on whether its place is
 * still young: with an old one they begin at the head, which must give the same.
 */
@ServiceTest
class QueuePlaceDbTests {

	private static final Claim ANY = new Claim("test", JobType.allWire(), 100, 60);

	private static final Claim CODINGS = new Claim("test", List.of("auto_coding"), 100, 60);

	@Autowired
	ClaimStatements statements;

	@Autowired
	TurnStatements turns;

	@Autowired
	LeaseStatements leases;

	@Autowired
	QueuePlaces places;

	@Autowired
	JobRows rows;

	private final String organization = JobRows.organization();

	@Test
	void claimsOneAfterTheOtherTakeAllJobsInOrder() {
		for (int minutes = 30; minutes > 0; minutes--) {
			this.rows.insertAged(this.organization, minutes + " minutes", "priority", String.valueOf(minutes % 3));
		}
		for (Claim claim : List.of(ANY, CODINGS)) {
			List<ClaimedJob> claimed = new ArrayList<>();
			for (int i = 0; i < 5; i++) {
				claimed.addAll(this.statements.claim(this.organization, claim, 3));
			}
			assertThat(claimed).hasSize(15);
			assertThat(claimed.stream()
				.map((job) -> this.rows.value(new JobId(job.id()), "(200 - priority)::text || id", String.class)))
				.isSortedAccordingTo(Comparator.naturalOrder());
		}
		assertThat(this.statements.claim(this.organization, ANY, 3)).isEmpty();
	}

	@Test
	void higherPriorityThatCameAfterIsStillFirst() {
		Stream.of("3", "2", "1").forEach((age) -> this.rows.insertAged(this.organization, age + " minutes"));
		claimOne(ANY);
		JobId urgent = this.rows.insertAged(this.organization, "10 minutes", "priority", "1");
		assertThat(claimOne(ANY).id()).isEqualTo(urgent.value());
	}

	@Test
	void jobThatWasGivenBackHereIsFirstAgain() {
		Stream.of("3", "2", "1").forEach((age) -> this.rows.insertAged(this.organization, age + " minutes"));
		for (Claim claim : List.of(ANY, CODINGS)) {
			ClaimedJob first = claimOne(claim);
			this.leases.release(LeaseToken.parse(first.leaseToken()).orElseThrow(), new JobId(first.id()))
				.orElseThrow();
			assertThat(claimOne(claim).id()).isEqualTo(first.id());
		}
	}

	@Test
	void olderJobThatAnotherInstanceGaveBackIsFoundWhenThereAreTooFewBehind() {
		Stream.of("3", "2").forEach((age) -> this.rows.insertAged(this.organization, age + " minutes"));
		claimOne(ANY);
		JobId older = this.rows.insertAged(this.organization, "10 minutes");
		assertThat(this.statements.claim(this.organization, ANY, 5)).extracting(ClaimedJob::id)
			.hasSize(2)
			.contains(older.value());
	}

	@Test
	void onlyOrganizationWithAPlaceIsServedAgainWithoutBeingLookedFor() {
		this.rows.insert(this.organization);
		this.rows.insert(this.organization);
		assertThat(this.turns.organizationAfter(this.organization, ANY, true)).contains(this.organization);
		claimOne(ANY);
		assertThat(this.turns.organizationAfter(this.organization, ANY, true)).contains(this.organization);
		String other = JobRows.organization();
		this.rows.insert(other);
		assertThat(this.turns.organizationAfter(this.organization, ANY, true)).contains(other);
	}

	private ClaimedJob claimOne(Claim claim) {
		return this.statements.claim(this.organization, claim, 1).getFirst();
	}

}
