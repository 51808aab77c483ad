package io.surveycoder.jobs.job.poll;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.testing.Answer;
import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.Api.Tenant;
import io.surveycoder.jobs.testing.JobRows;
import io.surveycoder.jobs.testing.ServiceTest;
import io.surveycoder.jobs.testing.Statements;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Reads that come while others are under way share a statement, and each gets its own
 * answer.
 */
@ServiceTest
class SharedReadsApiTests {

	private static final int READERS = 40;

	// So many statements of a kind run at a time, each for the one who came first.
	private static final int AT_ONCE = 2;

	@Autowired
	Api api;

	@Autowired
	JobRows rows;

	@Autowired
	Statements statements;

	@Autowired
	JobReads reads;

	@Autowired
	JobLists lists;

	@Autowired
	JdbcClient jdbc;

	@Autowired
	PlatformTransactionManager transactions;

	@Test
	void eachOfManyReadersGetsItsOwnJobFromAFewStatements() {
		Tenant one = this.api.tenant();
		Tenant other = this.api.tenant();
		List<Supplier<Boolean>> readers = new ArrayList<>();
		for (int n = 0; n < READERS; n++) {
			Tenant owner = (n % 2 == 0) ? one : other;
			boolean isForeign = n % 8 == 7;
			boolean isExpired = n % 8 == 3;
			int total = 100 + n;
			JobId id = this.rows.insertAged(owner.organization(), isExpired ? "25 hours" : n + " minutes", "total",
					String.valueOf(total));
			String key = isForeign ? one.key() : owner.key();
			readers.add(() -> isRight(this.api.get("/v2/jobs/" + id, key), !isForeign && !isExpired, id, total));
		}
		List<String> sent = this.statements.during(() -> {
			List<CompletableFuture<Boolean>> answers = readWhileNoneCanBeRead(readers, this.reads::waiting);
			assertThat(answers.stream().map(CompletableFuture::join)).containsOnly(true);
		});
		assertThat(sent).filteredOn((statement) -> statement.contains("from job"))
			.hasSizeLessThan(READERS / 2)
			.anyMatch((statement) -> statement.contains("unnest"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "&status=queued" })
	void eachOfManyReadersGetsItsOwnListFromAFewStatements(String status) {
		List<Tenant> tenants = Stream.generate(this.api::tenant).limit(4).toList();
		List<List<String>> ids = new ArrayList<>();
		for (int n = 0; n < tenants.size(); n++) {
			List<String> own = new ArrayList<>();
			// The last of them has none; what is expired is in no list.
			for (int minutes = 0; minutes < 3 - n; minutes++) {
				own.add(this.rows.insertAged(tenants.get(n).organization(), minutes + " minutes").value());
			}
			this.rows.insertAged(tenants.get(n).organization(), "25 hours");
			ids.add(own);
		}
		List<Supplier<Boolean>> readers = new ArrayList<>();
		for (int n = 0; n < READERS; n++) {
			String key = tenants.get(n % 4).key();
			int limit = 1 + n % 3;
			List<String> own = ids.get(n % 4);
			readers.add(() -> this.api.get("/v2/jobs?limit=" + limit + status, key)
				.data()
				.findValuesAsString("id")
				.equals(own.subList(0, Math.min(limit, own.size()))));
		}
		List<String> sent = this.statements.during(() -> {
			List<CompletableFuture<Boolean>> answers = readWhileNoneCanBeRead(readers, this.lists::waiting);
			assertThat(answers.stream().map(CompletableFuture::join)).containsOnly(true);
		});
		assertThat(sent).filteredOn((statement) -> statement.contains("from job"))
			.hasSizeLessThan(READERS / 2)
			.anyMatch((statement) -> statement.contains("unnest"));
	}

	private List<CompletableFuture<Boolean>> readWhileNoneCanBeRead(List<Supplier<Boolean>> readers,
			IntSupplier waiting) {
		return Objects.requireNonNull(new TransactionTemplate(this.transactions).execute((_) -> {
			this.jdbc.sql("lock table job in access exclusive mode").update();
			List<CompletableFuture<Boolean>> answers = readers.stream()
				.map((reader) -> CompletableFuture.supplyAsync(reader, Thread::startVirtualThread))
				.toList();
			await().until(() -> waiting.getAsInt() == READERS - AT_ONCE);
			return answers;
		}));
	}

	private boolean isRight(Answer answer, boolean there, JobId id, int total) {
		return there ? answer.status() == 200 && answer.data().at("/id").stringValue().equals(id.value())
				&& answer.data().at("/progress/total").intValue() == total : answer.status() == 404;
	}

}
