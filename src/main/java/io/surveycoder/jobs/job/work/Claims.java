package io.surveycoder.jobs.job.work;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
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

	private static final int FEW = 10;

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
		List<ClaimedJob> claimed = new ArrayList<>();
		Set<String> asked = new HashSet<>();
		Deque<String> next = new ArrayDeque<>();
		String previous = this.lastServed.getOrDefault(claim.types(), "");
		this.turns.organizationAfter(previous, claim, flushed).ifPresent(next::add);
		int inVain = 0;
		// A statement that locks is about one organization (ADR 8).
		while (!next.isEmpty() && asked.add(next.getFirst())) {
			String organization = next.removeFirst();
			List<ClaimedJob> more = claim(organization, claim, claim.limit() - claimed.size());
			claimed.addAll(more);
			inVain = more.isEmpty() ? inVain + 1 : 0;
			if (claimed.size() == claim.limit() || inVain == MOST_IN_VAIN) {
				break;
			}
			if (next.isEmpty()) {
				// Most claims need no more than a few others.
				next.addAll(
						this.turns.organizationsAfter(organization, claim, (asked.size() == 1) ? FEW : claim.limit()));
			}
		}
		return claimed;
	}

	private List<ClaimedJob> claim(String organization, Claim claim, int limit) {
		this.lastServed.put(claim.types(), organization);
		return this.statements.claim(organization, claim, limit);
	}

}
