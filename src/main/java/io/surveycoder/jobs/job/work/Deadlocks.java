package io.surveycoder.jobs.job.work;

import java.util.function.Supplier;

import org.springframework.dao.PessimisticLockingFailureException;

/**
 * Two batches with the same jobs lock them in one order wherever the planner looks them
 * up one by one. In a small table it may not; and jobs that one exchange completes and
 * another fails have no common order. PostgreSQL ends one of the two then, which has
 * changed nothing.
 */
final class Deadlocks {

	private static final int MOST_TRIES = 3;

	private Deadlocks() {
	}

	/**
	 * Does it again when PostgreSQL ended it as one of a deadlock.
	 * @param work the whole of a transaction
	 */
	static <T> T survive(Supplier<T> work) {
		for (int tries = 1;; tries++) {
			try {
				return work.get();
			}
			catch (PessimisticLockingFailureException ex) {
				if (tries == MOST_TRIES) {
					throw ex;
				}
			}
		}
	}

}
