package io.surveycoder.jobs.job.submit;

import java.net.URI;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.JobPartitions.Table;
import io.surveycoder.jobs.testing.Answer;
import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.Api.Tenant;
import io.surveycoder.jobs.testing.JobRows;
import io.surveycoder.jobs.testing.Race;
import io.surveycoder.jobs.testing.RawHttp;
import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.api.BeforeEach;
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
 * Contract §2, {@code Idempotency-Key}.
 */
@ServiceTest
class IdempotentSubmitApiTests {

	@Autowired
	Api api;

	@Autowired
	JobRows rows;

	@Autowired
	JdbcClient jdbc;

	@Autowired
	PlatformTransactionManager transactions;

	private final String key = UUID.randomUUID().toString();

	private Tenant tenant;

	@BeforeEach
	void makeATenant() {
		this.tenant = this.api.tenant();
	}

	@Test
	void repeatGetsTheSameStatusBodyAndLocation() {
		Answer first = submit(job(""));
		assertThat(first.status()).isEqualTo(201);
		assertThat(first.header("X-Idempotent-Replay")).isNull();
		Answer again = submit(job(""));
		assertThat(again.status()).isEqualTo(201);
		assertThat(again.body()).isEqualTo(first.body());
		assertThat(again.header("X-Idempotent-Replay")).isEqualTo("true");
		assertThat(again.header("Location")).isEqualTo(first.header("Location"))
			.isEqualTo("/v2/jobs/" + first.data().get("id").stringValue());
		assertThat(again.header("Content-Type")).isEqualTo(first.header("Content-Type")).isEqualTo("application/json");
		assertThat(jobs()).isOne();
	}

	@Test
	void firstAnswerIsTheOneThatWouldBeGivenWithoutAKey() {
		String with = submit(job(",\"total\":7")).body();
		String without = this.api.post("/internal/v1/jobs", job(",\"total\":7")).body();
		String anyTimes = "(_at\":\")[^\"]*|job_[0-9a-f]*";
		assertThat(with.replaceAll(anyTimes, "$1")).isEqualTo(without.replaceAll(anyTimes, "$1"));
	}

	@Test
	void repeatGetsTheFirstAnswerWhateverBecameOfTheJob() {
		Answer first = submit(job(""));
		this.api.work(this.api.claim(first.data()), "complete", ",\"result\":{}");
		this.api.send("DELETE", "/internal/v1/organizations/" + this.tenant.organization(), Api.ADMIN_KEY, null);
		assertThat(submit(job("")).body()).isEqualTo(first.body());
	}

	@Test
	void batchIsRepeatedAsAWhole() {
		String batch = "{\"jobs\":[" + job("") + "," + job(",\"priority\":1") + "]}";
		Answer first = send("/internal/v1/jobs/batch", this.key, batch);
		Answer again = send("/internal/v1/jobs/batch", this.key, batch);
		assertThat(first.status()).isEqualTo(again.status()).isEqualTo(201);
		assertThat(again.body()).isEqualTo(first.body());
		assertThat(again.header("X-Idempotent-Replay")).isEqualTo("true");
		assertThat(again.header("Location")).isNull();
		assertThat(jobs()).isEqualTo(2);
	}

	@ParameterizedTest
	@ValueSource(strings = { ",\"total\":1", " " })
	void otherBytesUnderTheSameKeyAreRefused(String members) {
		submit(job(""));
		Answer other = submit(job(members));
		assertThat(other.status()).isEqualTo(422);
		assertThat(other.errorMessage()).isEqualTo("Idempotency-Key reused with different body");
		assertThat(send("/internal/v1/jobs/batch", this.key, "{\"jobs\":[" + job("") + "]}").errorMessage())
			.isEqualTo("Idempotency-Key reused with different body");
		assertThat(jobs()).isOne();
	}

	@Test
	void keyIsTheApiKeysOwn() {
		String other = this.api.post("/internal/v1/api-keys", "{\"name\":\"other\",\"scopes\":[\"service\"]}")
			.data()
			.get("key")
			.stringValue();
		Answer mine = submit(job(""));
		Answer theirs = this.api.send("POST", "/internal/v1/jobs", other, job(""), "Idempotency-Key", this.key);
		assertThat(theirs.status()).isEqualTo(201);
		assertThat(theirs.header("X-Idempotent-Replay")).isNull();
		assertThat(theirs.data().get("id")).isNotEqualTo(mine.data().get("id"));
	}

	@Test
	void refusedRequestMayBeRepeatedWithTheSameKey() {
		assertThat(submit(job(",\"total\":-1")).status()).isEqualTo(422);
		assertThat(submit("{\"organization_id\":\"org_ffffffffffffffffffffffff\",\"type\":\"one_call\"}").status())
			.isEqualTo(422);
		assertThat(send("/internal/v1/jobs/batch", this.key, "{\"jobs\":[]}").status()).isEqualTo(422);
		assertThat(submit(job("")).status()).isEqualTo(201);
	}

	@Test
	void anyNumberOfRequestsAtOnceMakeOneJob() {
		for (int round = 0; round < 10; round++) {
			String race = UUID.randomUUID().toString();
			List<Answer> answers = Race
				.of(Stream.<Callable<Answer>>generate(() -> () -> send("/internal/v1/jobs", race, job("")))
					.limit(8)
					.toArray(Callable[]::new));
			assertThat(answers).extracting(Answer::status).isSubsetOf(201, 409).contains(201);
			assertThat(answers.stream().filter((answer) -> answer.status() == 201).map(Answer::body).distinct())
				.hasSize(1);
			assertThat(answers.stream()
				.filter((answer) -> answer.status() == 201 && answer.header("X-Idempotent-Replay") == null)).hasSize(1);
			assertThat(jobs()).isEqualTo(round + 1);
		}
	}

	@Test
	void repeatWhileTheFirstIsRunningIsTold() {
		new TransactionTemplate(this.transactions).executeWithoutResult((_) -> {
			this.jdbc.sql("""
					select pg_try_advisory_xact_lock(hashtextextended(id || ' ' || ?, 0)) from api_key where prefix = ?
					""").params(this.key, Api.ADMIN_KEY.substring(0, 13)).query((_, _) -> true).list();
			Answer answer = Race.of(() -> submit(job(""))).getFirst();
			assertThat(answer.status()).isEqualTo(409);
			assertThat(answer.errorCode()).isEqualTo("INVALID_STATE");
		});
		assertThat(submit(job("")).status()).isEqualTo(201);
	}

	@Test
	void connectionLostInTheMiddleIsToldAndTheRepeatMakesTheJob() {
		new TransactionTemplate(this.transactions).executeWithoutResult((_) -> {
			this.jdbc.sql("lock table idempotency_key in access exclusive mode").update();
			CompletableFuture<Answer> cut = CompletableFuture.supplyAsync(() -> submit(job("")),
					Thread::startVirtualThread);
			await().until(() -> this.jdbc.sql("""
					select count(pg_terminate_backend(pid)) from pg_stat_activity
					where wait_event_type = 'Lock' and query like '%from idempotency_key%'
					""").query(Integer.class).single() == 1);
			assertThat(cut.join().status()).isEqualTo(503);
			assertThat(cut.join().header("Retry-After")).isEqualTo("1");
		});
		Answer repeated = submit(job(""));
		assertThat(repeated.status()).isEqualTo(201);
		assertThat(repeated.header("X-Idempotent-Replay")).isNull();
		assertThat(jobs()).isOne();
	}

	@Test
	void keyIsFreeAgainAfterADay() {
		Answer first = submit(job(""));
		age("23 hours 59 minutes");
		assertThat(submit(job("")).body()).isEqualTo(first.body());
		age("24 hours");
		Answer anew = submit(job(""));
		assertThat(anew.header("X-Idempotent-Replay")).isNull();
		assertThat(anew.data().get("id")).isNotEqualTo(first.data().get("id"));
		assertThat(submit(job("")).body()).as("the younger of two").isEqualTo(anew.body());
	}

	@Test
	void keyHas1To255PrintableCharacters() {
		String longest = "k".repeat(255 - 36) + this.key;
		assertThat(send("/internal/v1/jobs", longest, job("")).status()).isEqualTo(201);
		assertThat(send("/internal/v1/jobs", longest, job("")).header("X-Idempotent-Replay")).isEqualTo("true");
		assertThat(send("/internal/v1/jobs", this.key + " \"~!", job("")).status()).isEqualTo(201);
		for (String bad : List.of("", "k" + longest)) {
			Answer refused = send("/internal/v1/jobs", bad, job(""));
			assertThat(refused.status()).as(bad).isEqualTo(422);
			assertThat(refused.errorMessage()).isEqualTo("Idempotency-Key must be 1 to 255 printable ASCII characters");
		}
		String body = job("");
		assertThat(RawHttp.send(URI.create(this.api.base()).getPort(),
				"POST /internal/v1/jobs HTTP/1.1\r\nHost: x\r\nx-api-key: " + Api.ADMIN_KEY
						+ "\r\nIdempotency-Key: caf\u00e9\r\nContent-Type: application/json\r\nContent-Length: "
						+ body.length() + "\r\n\r\n" + body)
			.status()).isEqualTo(422);
		Answer twice = this.api.send("POST", "/internal/v1/jobs", Api.ADMIN_KEY, job(""), "Idempotency-Key", "a",
				"Idempotency-Key", "a");
		assertThat(twice.errorMessage()).isEqualTo("Idempotency-Key must be sent once");
		assertThat(jobs()).isEqualTo(2);
	}

	// The row's age is its job's id.
	private void age(String age) {
		String past = this.jdbc.sql("select job_id_at(now() - ?::interval) || '000000000000'")
			.param(age)
			.query(String.class)
			.single();
		this.rows.makePartitionFor(Table.IDEMPOTENCY_KEY, new JobId(past).createdAt());
		assertThat(this.jdbc.sql("update idempotency_key set job_id = ? where key = ?").params(past, this.key).update())
			.isOne();
	}

	private Answer submit(String body) {
		return send("/internal/v1/jobs", this.key, body);
	}

	private Answer send(String path, String idempotencyKey, String body) {
		return this.api.send("POST", path, Api.ADMIN_KEY, body, "Idempotency-Key", idempotencyKey);
	}

	private String job(String members) {
		return "{\"organization_id\":\"" + this.tenant.organization() + "\",\"type\":\"auto_coding\"" + members + "}";
	}

	private long jobs() {
		return this.jdbc.sql("select count(*) from job where organization_id = ?")
			.param(this.tenant.organization())
			.query(Long.class)
			.single();
	}

}
