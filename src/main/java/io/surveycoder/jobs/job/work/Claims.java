package io.surveycoder.jobs.job.work;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Leases jobs to workers, organizations in fair turn. A job has at most one lease at a
 * time.
 */
@Service
class Claims {

	private static final int ADMITTED_AT_ONCE = 1000;

	// Others at the same time may hold what a look found. Who met with that so often in a
	// row need not ask every organization there is.
	private static final int MOST_IN_VAIN = 10;

	private final ClaimStatements statements;

	private final TurnStatements turns;

	private final TransactionTemplate transaction;

	// Where the turn of organizations stands, for all claims of the same types on this
	// instance. Workers for different types must not share one: each would send the
	// other back to where it began, and never come to the organizations in between.
	// Instances turn on their own: each is fair, so all are.
	private final Map<List<String>, String> lastServed = new ConcurrentHashMap<>();

	Claims(ClaimStatements statements, TurnStatements turns, PlatformTransactionManager transactions) {
		this.statements = statements;
		this.turns = turns;
		this.transaction = new TransactionTemplate(transactions);
	}

	/**
	 * Leases jobs, one organization after the other in fair turn until there are enough:
	 * a new organization's first job never waits behind another's backlog (contract §2).
	 * @return at most as many as asked for; none when there is nothing to do
	 */
	List<ClaimedJob> claim(Claim claim) {
		return claim(() -> Objects.requireNonNull(this.transaction.execute((_) -> inTurn(claim, false))));
	}

	/**
	 * The same as part of a transaction that changes more than what it leases: its commit
	 * waits for the disk.
	 */
	List<ClaimedJob> claimToo(Claim claim) {
		return claim(() -> inTurn(claim, true));
	}

	// Jobs whose time has come are let in once a second. Who would be told that there is
	// nothing does not depend on that.
	private List<ClaimedJob> claim(Supplier<List<ClaimedJob>> claim) {
		List<ClaimedJob> claimed = claim.get();
		return (claimed.isEmpty() && !this.statements.admit(ADMITTED_AT_ONCE).isEmpty()) ? claim.get() : claimed;
	}

	private List<ClaimedJob> inTurn(Claim claim, boolean flushed) {
		String previous = this.lastServed.getOrDefault(claim.types(), "");
		Optional<String> first = this.turns.organizationAfter(previous, claim, flushed);
		if (first.isEmpty()) {
			return List.of();
		}
		List<ClaimedJob> claimed = new ArrayList<>(claim(first.get(), claim, claim.limit()));
		if (claimed.size() == claim.limit()) {
			return claimed;
		}
		// As many as may be needed, in one look. Each is then claimed from by itself: a
		// statement that locks is about one organization (ADR 8).
		int inVain = claimed.isEmpty() ? 1 : 0;
		int most = claim.limit() - claimed.size() + MOST_IN_VAIN;
		for (String next : this.turns.organizationsAfter(first.get(), claim, most)) {
			List<ClaimedJob> more = claim(next, claim, claim.limit() - claimed.size());
			claimed.addAll(more);
			inVain = more.isEmpty() ? inVain + 1 : 0;
			if (claimed.size() == claim.limit() || inVain == MOST_IN_VAIN) {
				break;
			}
		}
		return claimed;
	}

	private List<ClaimedJob> claim(String organization, Claim claim, int limit) {
		this.lastServed.put(claim.types(), organization);
		return this.statements.claim(organization, claim, limit);
	}

}
