package io.surveycoder.jobs.chaos;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/**
 * The threads of all clients.
 */
final class Clients implements AutoCloseable {

	private static final String NAME = "client-";

	private static final int FRAMES = 12;

	private final ExecutorService threads = Executors
		.newThreadPerTaskExecutor(Thread.ofPlatform().daemon().name(NAME, 1).factory());

	private final List<Future<?>> started = new CopyOnWriteArrayList<>();

	void start(Callable<?> client) {
		this.started.add(this.threads.submit(client));
	}

	boolean areAllDone() {
		return this.started.stream().allMatch(Future::isDone);
	}

	/**
	 * Fails as the first client did that did.
	 */
	void checkThatNoneFailed() {
		for (Future<?> client : this.started) {
			if (client.state() == Future.State.FAILED) {
				throw new AssertionError("A client gave up: " + client.exceptionNow().getMessage(),
						client.exceptionNow());
			}
		}
	}

	/**
	 * Where each of them is.
	 */
	String stacks() {
		return Thread.getAllStackTraces()
			.entrySet()
			.stream()
			.filter((thread) -> thread.getKey().getName().startsWith(NAME))
			.map((thread) -> thread.getKey().getName() + " " + thread.getKey().getState() + " "
					+ Arrays.stream(thread.getValue()).limit(FRAMES).toList())
			.collect(Collectors.joining("\n"));
	}

	@Override
	public void close() {
		this.threads.shutdownNow();
	}

}
