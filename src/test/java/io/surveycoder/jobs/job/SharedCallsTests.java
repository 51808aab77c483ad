package io.surveycoder.jobs.job;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

import io.surveycoder.jobs.testing.PromptAwaits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.jdbc.CannotGetJdbcConnectionException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

@ExtendWith(PromptAwaits.class)
class SharedCallsTests {

	private final List<List<String>> calls = Collections.synchronizedList(new ArrayList<>());

	private final CountDownLatch go = new CountDownLatch(1);

	private volatile Throwable failure = new IllegalArgumentException("bad");

	private final SharedCalls<String, String> shared = new SharedCalls<>(2, 100, Duration.ofMinutes(1), this::call);

	// Those with "first" wait for the latch, those with "bad" fail, those with "few" do
	// not answer all.
	private List<String> call(List<String> asked) {
		this.calls.add(asked);
		if (asked.contains("first")) {
			try {
				this.go.await();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}
		if (asked.contains("bad")) {
			SharedCallsTests.<RuntimeException>raise(this.failure);
		}
		return asked.stream().filter((one) -> !one.equals("few")).map((one) -> "answer to " + one).toList();
	}

	@SuppressWarnings("unchecked")
	private static <T extends Throwable> void raise(Throwable thrown) throws T {
		throw (T) thrown;
	}

	@Test
	void whoComesAloneIsAnsweredAlone() {
		assertThat(this.shared.answer("one")).isEqualTo("answer to one");
		assertThat(this.shared.answer("two")).isEqualTo("answer to two");
		assertThat(this.calls).containsExactly(List.of("one"), List.of("two"));
	}

	@Test
	void whatComesWhileTwoCallsRunSharesTheNextAndEachGetsItsOwnAnswer() {
		List<CompletableFuture<String>> first = holdUp(this.shared);
		List<CompletableFuture<String>> others = IntStream.range(0, 150)
			.mapToObj((i) -> start(this.shared, "job" + i))
			.toList();
		await().until(() -> this.shared.waiting() == 150);
		this.go.countDown();
		first.forEach(CompletableFuture::join);
		for (int i = 0; i < 150; i++) {
			assertThat(others.get(i).join()).isEqualTo("answer to job" + i);
		}
		assertThat(this.calls).hasSizeLessThan(10).allMatch((asked) -> asked.size() <= 100);
		assertThat(asked()).doesNotHaveDuplicates().hasSize(150);
		assertNobodyIsLeft();
	}

	@Test
	void whatACallThrowsReachesAllThatAreInItAndNoneIsAskedTwice() {
		List<CompletableFuture<String>> first = holdUp(this.shared);
		CompletableFuture<String> good = waiting(this.shared, "good");
		CompletableFuture<String> bad = waiting(this.shared, "bad");
		CompletableFuture<String> fine = waiting(this.shared, "fine");
		this.go.countDown();
		first.forEach(CompletableFuture::join);
		assertThatThrownBy(bad::join).hasCause(this.failure);
		for (CompletableFuture<String> other : List.of(good, fine)) {
			String answer = other.handle((text, thrown) -> (thrown != null) ? "failed" : text).join();
			boolean together = this.calls.stream()
				.anyMatch((asked) -> asked.contains("bad") && asked.contains((other == good) ? "good" : "fine"));
			assertThat(answer.equals("failed")).isEqualTo(together);
		}
		assertThat(asked()).doesNotHaveDuplicates();
		assertNobodyIsLeft();
	}

	@Test
	void errorIsHandedToAllAndLosesNoTurn() {
		this.failure = new StackOverflowError();
		SharedCalls<String, String> one = new SharedCalls<>(1, 100, Duration.ofMinutes(1), this::call);
		CompletableFuture<String> first = start(one, "first");
		await().until(() -> this.calls.size() == 1);
		CompletableFuture<String> bad = waiting(one, "bad");
		CompletableFuture<String> other = waiting(one, "other");
		this.go.countDown();
		first.join();
		assertThatThrownBy(bad::join).hasCause(this.failure);
		assertThatThrownBy(other::join).hasCause(this.failure);
		assertThat(one.answer("last")).isEqualTo("answer to last");
	}

	@Test
	void callThatDoesNotAnswerEachFailsForAll() {
		assertThatThrownBy(() -> this.shared.answer("few")).isInstanceOf(IllegalStateException.class);
		assertNobodyIsLeft();
	}

	@Test
	void moreThanTheMostTakeTurns() {
		SharedCalls<String, String> pairs = new SharedCalls<>(1, 2, Duration.ofMinutes(1), this::call);
		CompletableFuture<String> first = start(pairs, "first");
		await().until(() -> this.calls.size() == 1);
		List<CompletableFuture<String>> others = IntStream.range(0, 4)
			.mapToObj((i) -> waiting(pairs, "job" + i))
			.toList();
		this.go.countDown();
		first.join();
		others.forEach(CompletableFuture::join);
		assertThat(this.calls).containsExactly(List.of("first"), List.of("job0", "job1"), List.of("job2", "job3"));
	}

	@Test
	void whoseTurnDoesNotComeInTimeIsPartOfNoCall() {
		SharedCalls<String, String> hasty = new SharedCalls<>(2, 100, Duration.ofMillis(1), this::call);
		List<CompletableFuture<String>> first = holdUp(hasty);
		assertThatThrownBy(() -> hasty.answer("late")).isInstanceOf(CannotGetJdbcConnectionException.class);
		this.go.countDown();
		first.forEach(CompletableFuture::join);
		assertThat(asked()).isEmpty();
		assertThat(hasty.answer("last")).isEqualTo("answer to last");
	}

	@Test
	void everyoneWhoseTurnDoesNotComeInTimeIsTold() {
		SharedCalls<String, String> hasty = new SharedCalls<>(2, 100, Duration.ofMillis(100), this::call);
		List<CompletableFuture<String>> first = holdUp(hasty);
		for (int times = 0; times < 2; times++) {
			CompletableFuture<String> one = waiting(hasty, "one");
			CompletableFuture<String> later = start(hasty, "later");
			assertThatThrownBy(one::join).hasCauseInstanceOf(CannotGetJdbcConnectionException.class);
			assertThatThrownBy(later::join).hasCauseInstanceOf(CannotGetJdbcConnectionException.class);
		}
		this.go.countDown();
		first.forEach(CompletableFuture::join);
		assertThat(asked()).isEmpty();
	}

	@Test
	void whoIsInterruptedBeforeItsTurnIsPartOfNoCall() throws InterruptedException {
		List<CompletableFuture<String>> first = holdUp(this.shared);
		AtomicReference<Throwable> thrown = new AtomicReference<>();
		AtomicBoolean flag = new AtomicBoolean();
		Thread waits = Thread.ofVirtual().start(() -> {
			try {
				this.shared.answer("interrupted");
			}
			catch (RuntimeException ex) {
				thrown.set(ex);
				flag.set(Thread.currentThread().isInterrupted());
			}
		});
		await().until(() -> this.shared.waiting() == 1);
		waits.interrupt();
		waits.join();
		assertThat(thrown.get()).isInstanceOf(CannotGetJdbcConnectionException.class);
		assertThat(flag).isTrue();
		this.go.countDown();
		first.forEach(CompletableFuture::join);
		assertThat(asked()).isEmpty();
		assertNobodyIsLeft();
	}

	@Test
	void whoIsInterruptedWhileOthersMakeTheCallHearsOfItsOutcome() throws InterruptedException {
		CountDownLatch called = new CountDownLatch(1);
		SharedCalls<String, String> one = new SharedCalls<>(1, 100, Duration.ofMinutes(1), (asked) -> {
			if (asked.contains("taken")) {
				called.countDown();
				awaitGo();
			}
			return call(asked);
		});
		CompletableFuture<String> first = start(one, "first");
		await().until(() -> this.calls.size() == 1);
		CompletableFuture<String> leader = waiting(one, "leader");
		AtomicReference<String> answer = new AtomicReference<>();
		AtomicBoolean flag = new AtomicBoolean();
		Thread taken = Thread.ofVirtual().start(() -> {
			answer.set(one.answer("taken"));
			flag.set(Thread.currentThread().isInterrupted());
		});
		await().until(() -> one.waiting() == 2);
		this.go.countDown();
		first.join();
		called.await();
		taken.interrupt();
		this.released.countDown();
		taken.join();
		leader.join();
		assertThat(answer).hasValue("answer to taken");
		assertThat(flag).isTrue();
	}

	private final CountDownLatch released = new CountDownLatch(1);

	private void awaitGo() {
		try {
			this.released.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private List<String> asked() {
		return this.calls.stream().flatMap(List::stream).filter((name) -> !name.equals("first")).toList();
	}

	// Both turns are free again.
	private void assertNobodyIsLeft() {
		assertThat(this.shared.waiting()).isZero();
		assertThat(this.shared.answer("last")).isEqualTo("answer to last");
	}

	private List<CompletableFuture<String>> holdUp(SharedCalls<String, String> calls) {
		List<CompletableFuture<String>> first = List.of(start(calls, "first"), start(calls, "first"));
		await().until(() -> this.calls.size() == 2);
		return first;
	}

	// Returns when it waits.
	private CompletableFuture<String> waiting(SharedCalls<String, String> calls, String name) {
		int before = calls.waiting();
		CompletableFuture<String> answer = start(calls, name);
		await().until(() -> calls.waiting() == before + 1);
		return answer;
	}

	private CompletableFuture<String> start(SharedCalls<String, String> calls, String name) {
		return CompletableFuture.supplyAsync(() -> calls.answer(name), Thread::startVirtualThread);
	}

}
