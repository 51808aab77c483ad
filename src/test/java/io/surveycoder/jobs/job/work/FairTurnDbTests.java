package io.surveycoder.jobs.job.work;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;

import io.surveycoder.jobs.job.JobType;
import io.surveycoder.jobs.testing.JobRows;
import io.surveycoder.jobs.testing.ServiceTest;
import io.surveycoder.jobs.testing.Statements;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whose turn it is (docs/adr/0008). Each test has the queue for itself.
 */
@ServiceTest
class FairTurnDbTests {

	@Autowired
	Claims claims;

	@Autowired
	TurnStatements turns;

	@Autowired
	JobRows rows;

	@Autowired
	Statements statements;

	@Autowired
	PlatformTransactionManager transactions;

	@Test
	void organizationsAreServedInTurn() {
		List<String> organizations = Stream.generate(JobRows::organization).limit(3).toList();
		organizations.forEach((one) -> this.rows.insertMany(one, 3));
		List<String> served = Stream.generate(() -> served(1)).limit(9).flatMap(List::stream).toList();
		for (int turn = 0; turn < 3; turn++) {
			assertThat(served.subList(turn * 3, turn * 3 + 3)).containsExactlyInAnyOrderElementsOf(organizations);
		}
	}

	@Test
	void organizationWithOneJobIsServedNextToABacklog() {
		this.rows.insertMany(JobRows.organization(), 20_000, "priority", "100");
		served(1);
		String small = JobRows.organization();
		this.rows.insertMany(small, 1, "priority", "-100");
		assertThat(Stream.generate(() -> served(1)).limit(2).flatMap(List::stream)).contains(small);
	}

	@Test
	void claimForMoreThanOneOrganizationHasGoesOnToTheNext() {
		List<String> organizations = Stream.generate(JobRows::organization).limit(3).toList();
		organizations.forEach((one) -> this.rows.insertMany(one, 2));
		List<String> served = served(5);
		assertThat(served).hasSize(5);
		assertThat(new HashSet<>(served)).hasSize(3);
		assertThat(served(5)).hasSize(1);
		assertThat(served(5)).isEmpty();
	}

	@Test
	void workersForDifferentTypesDoNotKeepEachOtherFromAnyOrganization() {
		// The calls are all of one organization, the codings of two others, of which one
		// comes before it and one after it.
		List<String> organizations = Stream.generate(JobRows::organization).limit(4).sorted().toList();
		this.rows.insertMany(organizations.get(1), 20, "type", "'one_call'");
		List<String> coding = List.of(organizations.get(0), organizations.get(2), organizations.get(3));
		coding.forEach((one) -> this.rows.insertMany(one, 20));
		List<String> served = new ArrayList<>();
		for (int i = 0; i < 12; i++) {
			served.addAll(served(1, "auto_coding"));
			served(1, "one_call");
		}
		coding.forEach((one) -> assertThat(Collections.frequency(served, one)).isEqualTo(4));
	}

	@Test
	void claimCostsTheSameHoweverManyOrganizationsHaveWork() {
		this.rows.insertMany("", 10, "organization_id", organizationOf("n"));
		served(1);
		int few = statements();
		this.rows.insertMany("", 10_000, "organization_id", organizationOf("n"));
		assertThat(List.of(few, statements())).containsOnly(2);
	}

	@Test
	void claimOfManyOrganizationsLooksForThemThreeTimes() {
		this.rows.insertMany("", 60, "organization_id", organizationOf("n"));
		assertThat(new TransactionTemplate(this.transactions)
			.<Integer>execute((_) -> this.statements.during(() -> assertThat(served(60)).hasSize(60)).size()))
			.isEqualTo(3 + 60);
	}

	@Test
	void turnGoesOnWhereAClaimOfManyStopped() {
		this.rows.insertMany("org_" + "f".repeat(24), 1);
		served(1);
		this.rows.insertMany("", 60, "organization_id", organizationOf("n % 20"));
		assertThat(Stream.generate(() -> served(7)).limit(3).flatMap(List::stream).map((one) -> one.substring(26)))
			.containsExactly("00", "00", "00", "01", "01", "01", "02", "03", "03", "03", "04", "04", "04", "05", "06",
					"06", "06", "07", "07", "07", "08");
	}

	@Test
	void otherOrganizationsFollowInTheirOrderAndRound() {
		this.rows.insertMany("", 20, "organization_id", organizationOf("n % 10"), "type",
				"case when n % 2 = 0 then 'one_call' else 'auto_coding' end");
		Claim any = new Claim("test", JobType.allWire(), 10, 60);
		Claim calls = new Claim("test", List.of("one_call"), 10, 60);
		assertThat(this.turns.organizationsAfter(organization(7), any, 100)).containsExactly(organization(8),
				organization(9), organization(0), organization(1), organization(2), organization(3), organization(4),
				organization(5), organization(6));
		assertThat(this.turns.organizationsAfter(organization(7), any, 3)).containsExactly(organization(8),
				organization(9), organization(0));
		assertThat(this.turns.organizationsAfter(organization(7), calls, 100)).containsExactly(organization(8),
				organization(0), organization(2), organization(4), organization(6));
		assertThat(this.turns.organizationsAfter(organization(9), calls, 100)).hasSize(5);
		assertThat(this.turns.organizationsAfter(organization(0), any, 100)).hasSize(9).doesNotContain(organization(0));
		assertThat(this.turns.organizationsAfter("", any, 100)).hasSize(10);
	}

	@Test
	void onlyOrganizationWithWorkIsFollowedByNone() {
		this.rows.insertMany(organization(5), 3);
		assertThat(this.turns.organizationsAfter(organization(5), new Claim("test", JobType.allWire(), 10, 60), 100))
			.isEmpty();
	}

	private static String organization(int number) {
		return "org_%024x".formatted(number);
	}

	// Next to each other, and none the same as before.
	private static String organizationOf(String number) {
		return "'org_' || lpad(to_hex(%s), 24, '0')".formatted(number);
	}

	// What they read is held where the table is large: QueuePlanDbTests.
	private int statements() {
		return new TransactionTemplate(this.transactions)
			.execute((_) -> this.statements.during(() -> assertThat(served(1)).hasSize(1)).size());
	}

	private List<String> served(int limit, String... types) {
		List<String> wanted = (types.length > 0) ? List.of(types) : JobType.allWire();
		return this.claims.claim(new Claim("test", wanted, limit, 60))
			.stream()
			.map(ClaimedJob::organizationId)
			.toList();
	}

}
