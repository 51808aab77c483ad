package io.surveycoder.jobs.job;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.CannotGetJdbcConnectionException;

/**
 * Lets requests that come while others are being served share one call, mostly one
 * statement and one commit. Only so many calls run at a time, each with all that came
 * meanwhile; who finds fewer running waits for nobody. Whoever is at the head of those
 * that wait makes the call for the others, once, on its own thread; the rest are parked
 * and hold nothing.
 * <p>
 * A request is part of at most one call. What that call throws, everybody in it gets, and
 * whether it was done is then as open as it would be for one alone.
 *
 * @param <Q> what is asked for
 * @param <A> the answer to one of them
 */
public final class SharedCalls<Q, A> {

	// As long as one waits for a connection.
	private static final Duration PATIENCE = Duration.ofSeconds(3);

	private final int atOnce;

	private final int most;

	private final Duration patience;

	private final Function<List<Q>, List<A>> call;

	private final Queue<Request<Q, A>> waiting = new ArrayDeque<>();

	private int running;

	private boolean watched;

	/**
	 * Begins without any request. Each waits for 3 s at most to become part of a call.
	 * @param atOnce how many calls run at a time, at least 1
	 * @param most requests in one call, at least 1
	 * @param call answers the requests of a list, of at least one, in their order; runs
	 * on several threads at a time
	 */
	public SharedCalls(int atOnce, int most, Function<List<Q>, List<A>> call) {
		this(atOnce, most, PATIENCE, call);
	}

	SharedCalls(int atOnce, int most, Duration patience, Function<List<Q>, List<A>> call) {
		this.atOnce = atOnce;
		this.most = most;
		this.patience = patience;
		this.call = call;
	}

	/**
	 * Answers a request, alone or together with others.
	 * @throws CannotGetJdbcConnectionException when its turn did not come in time, or the
	 * thread was interrupted before it did: it is not part of any call then
	 * @throws RuntimeException whatever the call threw
	 */
	public A answer(Q asked) {
		Request<Q, A> own = new Request<>(asked);
		return (!mustWait(own) || await(own) == Turn.LEAD) ? lead(own) : own.answer();
	}

	/**
	 * How many wait to become part of a call.
	 */
	public synchronized int waiting() {
		return this.waiting.size();
	}

	private synchronized boolean mustWait(Request<Q, A> own) {
		if (this.running < this.atOnce) {
			this.running++;
			return false;
		}
		if (!this.watched) {
			watch(this.patience.toNanos());
		}
		this.waiting.add(own);
		return true;
	}

	// One alarm for all that wait. A timed wait of each would be a task of the Java VM's
	// scheduler, whose thread is woken to add it and again to cancel it.
	private void watch(long nanos) {
		Executor later = CompletableFuture.delayedExecutor(nanos, TimeUnit.NANOSECONDS);
		later.execute(this::endOverdue);
		this.watched = true;
	}

	private synchronized void endOverdue() {
		long now = System.nanoTime();
		Request<Q, A> first = this.waiting.peek();
		while (first != null && now - first.since >= this.patience.toNanos()) {
			this.waiting.remove();
			first.turn.completeExceptionally(
					new CannotGetJdbcConnectionException("No turn within " + this.patience.toMillis() + " ms"));
			first = this.waiting.peek();
		}
		this.watched = false;
		if (first != null) {
			watch(first.since + this.patience.toNanos() - now);
		}
	}

	private Turn await(Request<Q, A> own) {
		try {
			return own.turn.get();
		}
		catch (ExecutionException ex) {
			throw thrown(ex.getCause());
		}
		catch (InterruptedException _) {
			return interrupted(own);
		}
	}

	// Part of a call, it is done whatever becomes of who asked for it. To make the call
	// for others is not for an interrupted thread: it would break its connection.
	private Turn interrupted(Request<Q, A> own) {
		try {
			if (!withdraw(own)) {
				Turn turn = join(own);
				if (turn == Turn.ANSWERED) {
					return turn;
				}
				handOn();
			}
			throw new CannotGetJdbcConnectionException("Interrupted before its turn");
		}
		finally {
			Thread.currentThread().interrupt();
		}
	}

	private synchronized boolean withdraw(Request<Q, A> own) {
		return this.waiting.remove(own);
	}

	private static <Q, A> Turn join(Request<Q, A> own) {
		try {
			return own.turn.join();
		}
		catch (CompletionException ex) {
			throw thrown(ex.getCause());
		}
	}

	private A lead(Request<Q, A> own) {
		List<Request<Q, A>> together = new ArrayList<>();
		together.add(own);
		try {
			takeOthers(together);
			List<A> answers = this.call.apply(together.stream().map((one) -> one.asked).toList());
			if (answers.size() != together.size()) {
				throw new IllegalStateException(answers.size() + " answers to " + together.size() + " requests");
			}
			for (int i = 1; i < together.size(); i++) {
				together.get(i).answered(answers.get(i));
			}
			return answers.getFirst();
		}
		catch (Throwable ex) {
			together.forEach((other) -> other.turn.completeExceptionally(ex));
			throw ex;
		}
		finally {
			handOn();
		}
	}

	private synchronized void takeOthers(List<Request<Q, A>> together) {
		while (together.size() < this.most && !this.waiting.isEmpty()) {
			together.add(this.waiting.remove());
		}
	}

	private synchronized void handOn() {
		Request<Q, A> next = this.waiting.poll();
		if (next != null) {
			next.turn.complete(Turn.LEAD);
		}
		else {
			this.running--;
		}
	}

	private static RuntimeException thrown(@Nullable Throwable cause) {
		if (cause instanceof Error error) {
			throw error;
		}
		return (cause instanceof RuntimeException known) ? known : new IllegalStateException(cause);
	}

	private enum Turn {

		/** Another has made the call. */
		ANSWERED,

		/** It is its turn, together with those that wait. */
		LEAD

	}

	private static final class Request<Q, A> {

		private final Q asked;

		private final long since = System.nanoTime();

		private final CompletableFuture<Turn> turn = new CompletableFuture<>();

		private volatile @Nullable A answer;

		Request(Q asked) {
			this.asked = asked;
		}

		void answered(A answer) {
			this.answer = answer;
			this.turn.complete(Turn.ANSWERED);
		}

		A answer() {
			return Objects.requireNonNull(this.answer);
		}

	}

}
