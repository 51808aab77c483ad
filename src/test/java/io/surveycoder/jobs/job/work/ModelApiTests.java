package io.surveycoder.jobs.job.work;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.testing.Answer;
import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.Api.Tenant;
import io.surveycoder.jobs.testing.JobRows;
import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Random sequences of commands over HTTP, each answer and after each the whole database
 * compared with a model in memory ({@link ModelledJob}). A sequence that fails is cut
 * down to the commands that are needed for it. {@code -Djobs.model.seed=…} tries others.
 */
@ServiceTest
class ModelApiTests {

	private static final long SEED = Long.getLong("jobs.model.seed", 20261123);

	private static final int SEQUENCES = Integer.getInteger("jobs.model.sequences", 25);

	private static final int COMMANDS = 60;

	private static final List<String> TYPES = List.of("auto_coding", "codebook_generation", "one_call");

	@Autowired
	Api api;

	@Autowired
	JobRows rows;

	@Autowired
	JdbcClient jdbc;

	@Autowired
	ExpiredLeases expiredLeases;

	@Autowired
	ClaimStatements queue;

	enum Kind {

		SUBMIT, REPLAY, CLAIM, PROGRESS, COMPLETE, COMPLETE_MANY, EXCHANGE, FAIL, RELEASE, CANCEL, LOSE_LEASE, COME_DUE

	}

	record Command(Kind kind, int a, int b, int c) {

		static Command random(Random random) {
			// Claims as often as all that they make possible.
			Kind[] kinds = Kind.values();
			return new Command(random.nextInt(4) == 0 ? Kind.CLAIM : kinds[random.nextInt(kinds.length)],
					random.nextInt(1000), random.nextInt(1000), random.nextInt(1000));
		}

	}

	@Test
	void databaseAndModelAgreeAfterEveryCommand() {
		for (int i = 0; i < SEQUENCES; i++) {
			Random random = new Random(SEED + i);
			List<Command> commands = Stream.generate(() -> Command.random(random)).limit(COMMANDS).toList();
			AssertionError failure = failureOf(commands);
			if (failure != null) {
				List<Command> needed = cutDown(commands);
				throw new AssertionError(
						"Seed " + (SEED + i) + ", needed of " + COMMANDS + " commands:\n"
								+ needed.stream().map(Command::toString).collect(Collectors.joining("\n")),
						failureOf(needed));
			}
		}
	}

	private List<Command> cutDown(List<Command> commands) {
		List<Command> needed = new ArrayList<>(commands);
		for (int i = needed.size() - 1; i >= 0; i--) {
			Command left = needed.remove(i);
			if (failureOf(needed) == null) {
				needed.add(i, left);
			}
		}
		return needed;
	}

	private AssertionError failureOf(List<Command> commands) {
		// Whatever other jobs could be claimed, now or when their leases run out.
		this.jdbc.sql("delete from job where status in ('queued', 'processing')").update();
		Run run = new Run();
		try {
			for (Command command : commands) {
				run.execute(command);
				run.compare();
			}
			return null;
		}
		catch (AssertionError error) {
			return error;
		}
	}

	/**
	 * One sequence: the model, and what clients know.
	 */
	private final class Run {

		private final Map<String, String> keys = Stream.generate(ModelApiTests.this.api::tenant)
			.limit(2)
			.collect(Collectors.toMap(Tenant::organization, Tenant::key));

		private final List<String> organizations = List.copyOf(this.keys.keySet());

		private final Map<String, ModelledJob> jobs = new LinkedHashMap<>();

		private final List<String[]> submissions = new ArrayList<>();

		// Every token that was ever given out, with its job.
		private final List<String[]> tokens = new ArrayList<>();

		void execute(Command command) {
			switch (command.kind) {
				case SUBMIT -> submit(1 + command.a % 3, command.b, command.c);
				case REPLAY -> replay(command.a);
				case CLAIM -> claim(1 + command.a % 4, command.b % 8);
				case CANCEL -> cancel(command.a);
				case LOSE_LEASE -> loseLease(command.a);
				case COME_DUE -> comeDue(command.a);
				default -> {
					if (!this.tokens.isEmpty()) {
						work(command, this.tokens.get(command.a % this.tokens.size()));
					}
				}
			}
		}

		private void submit(int count, int b, int c) {
			String type = TYPES.get(b % 3);
			int priority = b % 5 - 2;
			int maxAttempts = 1 + c % 3;
			String organization = this.organizations.get(c % 2);
			String job = "{\"organization_id\":\"%s\",\"type\":\"%s\",\"priority\":%d,\"max_attempts\":%d,\"total\":5}"
				.formatted(organization, type, priority, maxAttempts);
			String body = "{\"jobs\":[" + String.join(",", java.util.Collections.nCopies(count, job)) + "]}";
			String[] submission = { UUID.randomUUID().toString(), body, null };
			Answer answer = send(submission);
			assertThat(answer.status()).isEqualTo(201);
			submission[2] = answer.body();
			this.submissions.add(submission);
			for (JsonNode one : answer.data()) {
				String id = one.get("id").stringValue();
				this.jobs.put(id, new ModelledJob(id, organization, type, priority, maxAttempts, 5));
			}
		}

		private void replay(int a) {
			if (!this.submissions.isEmpty()) {
				String[] submission = this.submissions.get(a % this.submissions.size());
				Answer answer = send(submission);
				assertThat(answer.header("X-Idempotent-Replay")).isEqualTo("true");
				assertThat(answer.body()).isEqualTo(submission[2]);
			}
		}

		private Answer send(String[] submission) {
			return ModelApiTests.this.api.send("POST", "/internal/v1/jobs/batch", Api.ADMIN_KEY, submission[1],
					"Idempotency-Key", submission[0]);
		}

		private void claim(int limit, int typesMask) {
			List<String> types = IntStream.range(0, 3)
				.filter((i) -> typesMask == 0 || (typesMask & 1 << i) != 0)
				.mapToObj(TYPES::get)
				.toList();
			claimed(types, limit, ModelApiTests.this.api.claim(",\"lease_seconds\":3600,\"limit\":" + limit
					+ ",\"types\":" + types.stream().map((type) -> '"' + type + '"').toList()));
		}

		private void claimed(List<String> types, int limit, JsonNode claimed) {
			Map<String, List<ModelledJob>> claimable = this.jobs.values()
				.stream()
				.filter((job) -> job.isClaimable() && types.contains(job.type))
				.sorted(Comparator.comparing((ModelledJob job) -> -job.priority).thenComparing((job) -> job.id))
				.collect(Collectors.groupingBy((job) -> job.organization));
			int there = claimable.values().stream().mapToInt(List::size).sum();
			assertThat(claimed).as("claimed of " + there).hasSize(Math.min(limit, there));
			Map<String, List<String>> got = new HashMap<>();
			for (JsonNode one : claimed) {
				ModelledJob job = this.jobs.get(one.get("id").stringValue());
				String token = one.get("lease_token").stringValue();
				job.claim(token);
				assertThat(one.get("attempt").intValue()).isEqualTo(job.attempt);
				this.tokens.add(new String[] { token, job.id });
				got.computeIfAbsent(job.organization, (_) -> new ArrayList<>()).add(job.id);
			}
			got.forEach((organization, ids) -> assertThat(ids).as("by priority, then age")
				.isEqualTo(claimable.get(organization).subList(0, ids.size()).stream().map((job) -> job.id).toList()));
			assertThat(got.entrySet()
				.stream()
				.filter((served) -> served.getValue().size() < claimable.get(served.getKey()).size())
				.count()).as("organizations of which something was left").isLessThanOrEqualTo(1);
		}

		private void work(Command command, String[] token) {
			ModelledJob job = this.jobs.get(token[1]);
			String result = "{\"n\": " + command.b % 2 + ".0}";
			String code = "E" + command.b % 2;
			boolean retry = command.c % 3 != 0;
			switch (command.kind) {
				case PROGRESS -> {
					Integer total = (command.c % 4 == 0) ? Integer.valueOf(command.c % 10) : null;
					expect(job.progress(token[0], command.b % 8, total), token, "progress",
							",\"processed\":" + command.b % 8 + ((total != null) ? ",\"total\":" + total : ""));
				}
				case COMPLETE -> expect(job.complete(token[0], result), token, "complete", ",\"result\":" + result);
				case FAIL -> expect(job.fail(token[0], code, retry), token, "fail",
						",\"error\":{\"code\":\"" + code + "\",\"message\":\"m\"},\"retry\":" + retry);
				case RELEASE -> expect(job.release(token[0]), token, "release", "");
				case COMPLETE_MANY -> completeMany(command, result);
				case EXCHANGE -> exchange(command, result, code, retry);
				default -> throw new IllegalStateException(command.toString());
			}
		}

		private void completeMany(Command command, String result) {
			List<String[]> some = some(command.a, 1 + command.c % 4);
			Answer answer = ModelApiTests.this.api.post("/internal/v1/jobs/complete",
					some.stream()
						.map((token) -> "{\"id\":\"%s\",\"lease_token\":\"%s\",\"result\":%s}".formatted(token[1],
								token[0], result))
						.collect(Collectors.joining(",", "{\"jobs\":[", "]}")));
			// Judged in their order.
			List<Integer> accepted = some.stream()
				.map((token) -> this.jobs.get(token[1]).complete(token[0], result))
				.toList();
			assertThat(statuses(answer.data())).isEqualTo(accepted);
		}

		private void exchange(Command command, String result, String code, boolean retry) {
			List<String[]> done = some(command.a, command.b % 3);
			List<String[]> broken = some(command.b, command.c % 4);
			int limit = command.a % 3;
			Answer answer = ModelApiTests.this.api.post("/internal/v1/jobs/exchange", "{\"complete\":"
					+ done.stream()
						.map((token) -> "{\"id\":\"%s\",\"lease_token\":\"%s\",\"result\":%s}".formatted(token[1],
								token[0], result))
						.toList()
					+ ",\"fail\":"
					+ broken.stream()
						.map((token) -> "{\"id\":\"%s\",\"lease_token\":\"%s\",\"error\":{\"code\":\"%s\",\"message\":\"m\"},\"retry\":%s}"
							.formatted(token[1], token[0], code, retry))
						.toList()
					+ ((limit > 0) ? ",\"claim\":{\"worker\":\"test\",\"lease_seconds\":3600,\"limit\":" + limit + "}}"
							: "}"));
			assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
			List<Integer> completed = done.stream()
				.map((token) -> this.jobs.get(token[1]).complete(token[0], result))
				.toList();
			List<Integer> failed = broken.stream()
				.map((token) -> this.jobs.get(token[1]).fail(token[0], code, retry))
				.toList();
			assertThat(statuses(answer.data().get("completed"))).isEqualTo(completed);
			assertThat(statuses(answer.data().get("failed"))).isEqualTo(failed);
			claimed(TYPES, limit, answer.data().get("claimed"));
		}

		private List<String[]> some(int from, int count) {
			return IntStream.range(0, count)
				.mapToObj((i) -> this.tokens.get((from + i * 7) % this.tokens.size()))
				.toList();
		}

		private static List<Integer> statuses(JsonNode outcomes) {
			return outcomes.valueStream().map((entry) -> entry.has("status") ? 200 : 409).toList();
		}

		private void cancel(int a) {
			ModelledJob job = any(a);
			if (job != null) {
				Answer answer = ModelApiTests.this.api.send("POST", "/v2/jobs/" + job.id + "/cancel",
						this.keys.get(job.organization), null);
				assertThat(answer.status()).as(answer.toString()).isEqualTo(job.cancel());
			}
		}

		private void loseLease(int a) {
			ModelledJob job = any(a);
			if (job != null && job.status.equals("processing")) {
				ModelApiTests.this.rows.set(new JobId(job.id), "lease_expires_at = now() - interval '1 second'");
				ModelApiTests.this.expiredLeases.sweep();
				job.loseLease();
			}
		}

		private void comeDue(int a) {
			ModelledJob job = any(a);
			if (job != null && job.deferred) {
				ModelApiTests.this.rows.set(new JobId(job.id), "run_at = now()");
				ModelApiTests.this.queue.admit(1000);
				job.deferred = false;
			}
		}

		private ModelledJob any(int a) {
			return this.jobs.isEmpty() ? null : List.copyOf(this.jobs.values()).get(a % this.jobs.size());
		}

		private void expect(int status, String[] token, String verb, String members) {
			Answer answer = ModelApiTests.this.api.post("/internal/v1/jobs/" + token[1] + "/" + verb,
					"{\"lease_token\":\"" + token[0] + "\"" + members + "}");
			assertThat(answer.status()).as(verb + members + " " + answer).isEqualTo(status);
		}

		void compare() {
			Map<String, Map<String, String>> model = new TreeMap<>();
			this.jobs.values().forEach((job) -> model.put(job.id, job.row()));
			assertThat(database()).isEqualTo(model);
		}

		private Map<String, Map<String, String>> database() {
			Map<String, Map<String, String>> database = new TreeMap<>();
			ModelApiTests.this.jdbc.sql("""
					select id, organization_id, lease_token, status, attempt, processed || '/' || total as progress,
					       run_at is not null as deferred, lease_expires_at is not null as leased, result,
					       error_code, error_message
					from job where organization_id in (:organizations)
					""").param("organizations", this.organizations).query((row) -> {
				Map<String, String> job = new TreeMap<>();
				for (String column : List.of("status", "attempt", "progress", "result")) {
					job.put(column, String.valueOf(row.getString(column)));
				}
				for (String column : List.of("deferred", "leased")) {
					job.put(column, String.valueOf(row.getBoolean(column)));
				}
				UUID token = row.getObject("lease_token", UUID.class);
				job.put("token",
						(token != null) ? new LeaseToken(row.getString("organization_id"), token).wire() : "null");
				job.put("error", row.getString("error_code") + ": " + row.getString("error_message"));
				database.put(row.getString("id"), job);
			});
			return database;
		}

	}

}
