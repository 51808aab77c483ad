package io.surveycoder.jobs.testing;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Lets threads begin at the same moment.
 */
public final class Race {

	private Race() {
	}

	/**
	 * Runs all at once.
	 * @return what each returned, in the order given
	 */
	@SafeVarargs
	public static <T> List<T> of(Callable<T>... runners) {
		return of(List.of(runners));
	}

	/**
	 * Runs all at once.
	 * @return what each returned, in the order given
	 */
	public static <T> List<T> of(List<Callable<T>> runners) {
		CyclicBarrier start = new CyclicBarrier(runners.size());
		// Never closed, which would wait for ever for one that waits for what its caller
		// holds.
		ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
		List<Future<T>> results = runners.stream().map((runner) -> threads.submit(() -> {
			start.await(10, TimeUnit.SECONDS);
			return runner.call();
		})).toList();
		return results.stream().map(Race::result).toList();
	}

	private static <T> T result(Future<T> future) {
		try {
			return future.get(15, TimeUnit.SECONDS);
		}
		catch (Exception ex) {
			throw new AssertionError(ex);
		}
	}

}
