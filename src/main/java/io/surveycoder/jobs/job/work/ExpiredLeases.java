package io.surveycoder.jobs.job.work;

import java.util.List;
import java.util.concurrent.TimeUnit;

import io.surveycoder.jobs.job.work.ExpiryStatements.ExpiredInOrganization;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Finds leases that ran out, on every instance: within 5 s the job is queued again or has
 * failed (contract §2).
 */
@Component
class ExpiredLeases {

	private static final Logger log = LoggerFactory.getLogger(ExpiredLeases.class);

	private static final int AT_ONCE = 1000;

	private final ExpiryStatements statements;

	ExpiredLeases(ExpiryStatements statements) {
		this.statements = statements;
	}

	@Scheduled(fixedDelay = 2, timeUnit = TimeUnit.SECONDS)
	void sweep() {
		try {
			int taken;
			do {
				taken = takeBack();
			}
			while (taken == AT_ONCE);
		}
		catch (DataAccessException ex) {
			log.warn("Expired leases not looked for this time: {}", ex.getMostSpecificCause().getMessage());
		}
	}

	/**
	 * Takes one lot of jobs back.
	 * @return how many
	 */
	int takeBack() {
		List<ExpiredInOrganization> expired = this.statements.expired(AT_ONCE);
		int taken = expired.stream().mapToInt(this.statements::expire).sum();
		if (taken > 0) {
			log.info("Took {} jobs back from workers whose lease ran out", taken);
		}
		return taken;
	}

}
