package io.surveycoder.jobs.job.submit;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

import io.surveycoder.jobs.http.RawJson;
import io.surveycoder.jobs.job.JobView;
import io.surveycoder.jobs.testing.PromptAwaits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

@ExtendWith(PromptAwaits.class)
class SharedInsertTests {

	private final List<List<String>> statements = Collections.synchronizedList(new ArrayList<>());

	private final CountDownLatch go = new CountDownLatch(1);

	private volatile RuntimeException refusal;

	private final SharedInsert insert = new SharedInsert(this::insert);

	// Those named "first" wait for the latch; a statement with "bad" among others fails.
	private List<JobView> insert(List<Submission> submissions) {
		List<String> names = submissions.stream().map(Submission::at).toList();
		this.statements.add(names);
		if (names.contains("first")) {
			try {
				this.go.await();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}
		if (names.contains("bad")) {
			throw this.refusal;
		}
		return names.stream()
			.map((name) -> new JobView(name, "one_call", "queued", null, Instant.EPOCH, Instant.EPOCH, null, null))
			.toList();
	}

	@Test
	void whoComesAloneIsStoredAlone() {
		assertThat(this.insert.store(submission("one", 0)).id()).isEqualTo("one");
		assertThat(this.insert.store(submission("two", 0)).id()).isEqualTo("two");
		assertThat(this.statements).containsExactly(List.of("one"), List.of("two"));
	}

	@Test
	void whatComesWhileAnotherIsBeingStoredIsStoredTogetherAndEachGetsItsOwn() {
		CompletableFuture<JobView> first = holdUp();
		List<CompletableFuture<JobView>> others = IntStream.range(0, 150).mapToObj((i) -> start("job" + i)).toList();
		await().until(() -> this.insert.size() == 150);
		this.go.countDown();
		first.join();
		for (int i = 0; i < 150; i++) {
			assertThat(others.get(i).join().id()).isEqualTo("job" + i);
		}
		assertThat(this.statements).hasSizeLessThan(10).allMatch((names) -> names.size() <= 100);
		assertThat(this.statements.stream().flatMap(List::stream).filter((name) -> !name.equals("first")))
			.doesNotHaveDuplicates()
			.hasSize(150);
		assertThat(this.insert.store(submission("last", 0)).id()).isEqualTo("last");
	}

	@Test
	void oneThatCannotBeStoredKeepsNoOtherFromIt() {
		this.refusal = new DataIntegrityViolationException("bad");
		CompletableFuture<JobView> first = holdUp();
		CompletableFuture<JobView> good = store("good");
		CompletableFuture<JobView> bad = store("bad");
		CompletableFuture<JobView> fine = store("fine");
		this.go.countDown();
		first.join();
		assertThat(good.join().id()).isEqualTo("good");
		assertThat(fine.join().id()).isEqualTo("fine");
		assertThatThrownBy(bad::join).isInstanceOf(CompletionException.class).hasCause(this.refusal);
	}

	@Test
	void whatMayHaveBeenStoredIsNotStoredOnceMore() {
		this.refusal = new DataAccessResourceFailureException("connection lost");
		CompletableFuture<JobView> first = holdUp();
		CompletableFuture<JobView> good = store("good");
		CompletableFuture<JobView> bad = store("bad");
		this.go.countDown();
		first.join();
		assertThatThrownBy(bad::join).hasCause(this.refusal);
		good.handle((_, _) -> null).join();
		assertThat(this.statements.stream().flatMap(List::stream).filter((name) -> !name.equals("first")))
			.doesNotHaveDuplicates();
		assertThat(this.insert.store(submission("last", 0)).id()).isEqualTo("last");
	}

	@Test
	void largePayloadIsStoredAloneAndWaitsForNobody() {
		CompletableFuture<JobView> first = holdUp();
		assertThat(this.insert.store(submission("large", 20_000)).id()).isEqualTo("large");
		this.go.countDown();
		first.join();
	}

	private CompletableFuture<JobView> holdUp() {
		CompletableFuture<JobView> first = start("first");
		await().until(() -> this.statements.size() == 1);
		return first;
	}

	// Returns when it waits.
	private CompletableFuture<JobView> store(String name) {
		int before = this.insert.size();
		CompletableFuture<JobView> stored = start(name);
		await().until(() -> this.insert.size() == before + 1);
		return stored;
	}

	private CompletableFuture<JobView> start(String name) {
		return CompletableFuture.supplyAsync(() -> this.insert.store(submission(name, 0)), Thread::startVirtualThread);
	}

	private static Submission submission(String name, int payload) {
		return new Submission(name, "org", "one_call", 0, new RawJson("x".repeat(payload)), 0, 3, null, null);
	}

}
