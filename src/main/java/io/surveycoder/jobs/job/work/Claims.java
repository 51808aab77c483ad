package io.surveycoder.jobs.job.work;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Leases jobs to workers, organizations in fair turn. A job has at most one lease at a
 * time.
 */
@Service
class Claims {

	private static final int ADMITTED_AT_ONCE = 1000;

	private final ClaimStatements statements;

	// Where the turn of organizations stands, for all claims of the same types on this
	// instance. Workers for different types must not share one: each would send the
	// other back to where it began, and never come to the organizations in between.
	// Instances turn on their own: each is fair, so all are.
	private final Map<List<String>, String> lastServed = new ConcurrentHashMap<>();

	Claims(ClaimStatements statements) {
		this.statements = statements;
	}

	/**
	 * Leases jobs, one organization after the other in fair turn until there are enough:
	 * a new organization's first job never waits behind another's backlog (contract §2).
	 * @return at most as many as asked for; none when there is nothing to do
	 */
	@Transactional
	public List<ClaimedJob> claim(Claim claim) {
		List<ClaimedJob> claimed = inTurn(claim);
		// Jobs whose time has come are let in once a second. Nobody may be told that
		// there is nothing while one of them waits for that.
		return (claimed.isEmpty() && !this.statements.admit(ADMITTED_AT_ONCE).isEmpty()) ? inTurn(claim) : claimed;
	}

	private List<ClaimedJob> inTurn(Claim claim) {
		List<ClaimedJob> claimed = new ArrayList<>();
		Set<String> asked = new HashSet<>();
		String organization = this.lastServed.getOrDefault(claim.types(), "");
		while (claimed.size() < claim.limit()) {
			organization = this.statements.organizationAfter(organization, claim).orElse(null);
			if (organization == null || !asked.add(organization)) {
				break;
			}
			this.lastServed.put(claim.types(), organization);
			claimed.addAll(this.statements.claim(organization, claim, claim.limit() - claimed.size()));
		}
		return claimed;
	}

}
