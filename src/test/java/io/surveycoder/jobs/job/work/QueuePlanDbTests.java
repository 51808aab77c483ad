package io.surveycoder.jobs.job.work;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.surveycoder.jobs.job.JobStatus;
import io.surveycoder.jobs.job.JobType;
import io.surveycoder.jobs.job.poll.ReadStatements;
import io.surveycoder.jobs.testing.TestDatabase;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the statements of the queue read beside a million finished jobs, a hundred
 * thousand queued and as many of a later time: as PostgreSQL counts it while it runs
 * them, planned for their values and once for all, with statistics that are right and
 * with those of a time when every job was queued.
 * <p>
 * Most of it is the work of a server of its own, so other tests run beside it.
 */
@Execution(ExecutionMode.CONCURRENT)
@TestInstance(Lifecycle.PER_CLASS)
class QueuePlanDbTests {

	private static final String JOB = """
			insert into job (organization_id, id, type, total, processed, priority, max_attempts, updated_at, %s)
			select 'org_' || lpad(to_hex(n %% %d), 24, '0'),
			       job_id_at(now() - n %% 82000 * interval '1 second') || lpad(to_hex(n), 12, '0'),
			       case when n %% 10 = 0 then 'one_call' else 'auto_coding' end, 10, 10, n %% 3, 3, 'epoch', %s
			from generate_series(%d, %d) n
			""";

	private static final int ORGANIZATIONS = 1000;

	// A third of it are entries that the statements explained before left dead: they are
	// taken back, and nothing vacuums in between.
	private static final int LIST_PAGES = 100;

	// Index entries of other types, of which the largest organization has 20,000.
	private static final int PAGES_OF_OTHER_TYPES = 300;

	private static final Map<String, String> TYPES = Map.ofEntries(Map.entry("retention", "bigint"),
			Map.entry("organization", "text"), Map.entry("id", "text"), Map.entry("status", "text"),
			Map.entry("previous", "text"), Map.entry("limit", "int"), Map.entry("worker", "text"),
			Map.entry("lease", "int"), Map.entry("tokens", "uuid[]"), Map.entry("types", "text[]"),
			Map.entry("most", "int[]"), Map.entry("organizations", "text[]"), Map.entry("ids", "text[]"),
			Map.entry("result", "text[]"), Map.entry("retry", "bool[]"), Map.entry("spread", "float8[]"),
			Map.entry("code", "text[]"), Map.entry("statuses", "text[]"), Map.entry("message", "text[]"),
			Map.entry("delays", "float8[]"), Map.entry("longest", "int"), Map.entry("lowest", "int[]"),
			Map.entry("highest", "int[]"), Map.entry("from", "text[]"), Map.entry("round", "boolean"),
			Map.entry("patience", "text"), Map.entry("processed", "int[]"), Map.entry("total", "int[]"),
			Map.entry("seconds", "smallint[]"), Map.entry("below", "text"), Map.entry("type", "text"));

	private static final JsonMapper json = JsonMapper.shared();

	private TestDatabase.Server server;

	private SingleConnectionDataSource connection;

	private JdbcClient jdbc;

	enum Statistics {

		OF_WHEN_ALL_WERE_QUEUED, TRUE

	}

	@BeforeAll
	void load() {
		this.server = TestDatabase.server();
		TestDatabase empty = this.server.database();
		this.connection = new SingleConnectionDataSource(empty.url(), empty.username(), empty.password(), true);
		this.jdbc = JdbcClient.create(this.connection);
		Flyway.configure().dataSource(this.connection).load().migrate();
		makePartitions();
		List<String> indexes = this.jdbc
			.sql("select indexdef from pg_indexes where tablename = 'job' and indexname <> 'job_pkey'")
			.query(String.class)
			.list();
		// A million rows at once are faster without what guards them.
		run("""
				do $$ declare name text; begin
				  alter table job drop constraint job_pkey;
				  for name in select conname from pg_constraint where conrelid = 'job'::regclass and contype = 'c' loop
				    execute 'alter table job drop constraint ' || name;
				  end loop;
				  for name in select indexname from pg_indexes where tablename = 'job' loop
				    execute 'drop index ' || name;
				  end loop;
				end $$
				""");
		run(JOB.formatted("status", ORGANIZATIONS, "'queued'", 1, 10_000));
		run("analyze job");
		run(JOB.formatted("status, attempt, result, lease_token", ORGANIZATIONS,
				"'completed', 1, '{}', '11111111-1111-1111-1111-111111111111'", 10_001, 1_010_000));
		run(JOB.formatted("status", ORGANIZATIONS, "'queued'", 1_010_001, 1_100_000));
		run(JOB.formatted("status, run_at", ORGANIZATIONS, "'queued', now() + interval '1 hour'", 1_100_001,
				1_200_000));
		run(JOB.formatted("status, run_at", ORGANIZATIONS, "'queued', now() - n * interval '1 millisecond'", 1_200_001,
				1_200_020));
		run(JOB.formatted("status, attempt, lease_token, lease_seconds, lease_expires_at", ORGANIZATIONS,
				"'processing', 1, '22222222-2222-2222-2222-222222222222', 60, now() + interval '1 hour'", 1_200_021,
				1_203_000));
		run("alter table job add primary key (organization_id, id)");
		// All of them of one organization that the statistics do not know.
		run(JOB.formatted("status", 1, "'queued'", 1_203_001, 1_223_000)
			.replace("lpad(to_hex", "lpad('fff' || to_hex"));
		indexes.forEach((index) -> run(index.replace(" ON ONLY ", " ON ")));
	}

	@AfterAll
	void close() throws Exception {
		this.connection.destroy();
		this.server.close();
	}

	@ParameterizedTest
	@EnumSource
	@Execution(ExecutionMode.SAME_THREAD)
	void everyStatementReadsOnlyWhatItIsAbout(Statistics statistics) throws SQLException {
		if (statistics == Statistics.TRUE) {
			run("analyze job");
		}
		for (String mode : List.of("force_custom_plan", "force_generic_plan")) {
			run("set plan_cache_mode = " + mode);
			Map<String, Object> any = Map.ofEntries(Map.entry("retention", 86_400_000L),
					Map.entry("organization", organization(0xfff0)), Map.entry("limit", 10), Map.entry("worker", "'w'"),
					Map.entry("lease", 60), Map.entry("previous", organization(5)), Map.entry("round", true),
					Map.entry("lowest", "'{-2147483647}'"), Map.entry("highest", "'{2147483647}'"),
					Map.entry("from", "'{\"\"}'"));
			assertReads(TurnStatements.ORGANIZATION_OF_ANY_TYPE, any, "job_queue", 30);
			Map<String, Object> further = with(with(any, "previous", organization(0xfff0)), "most", "20");
			assertReads(TurnStatements.FURTHER_OF_ANY_TYPE, further, "job_queue", 250);
			assertReads(ClaimStatements.CLAIM_ANY_TYPE, any, "job_queue", 100);
			assertReads(ClaimStatements.CLAIM_ANY_TYPE, fromAPlace(any), "job_queue", 150);
			for (String types : List.of("array['one_call']", "array['auto_coding', 'one_call']")) {
				Map<String, Object> some = with(any, "types", types);
				assertReads(TurnStatements.ORGANIZATION_OF_TYPES, some, "job_queue_by_type", 60);
				assertReads(TurnStatements.FURTHER_OF_TYPES, with(further, "types", types), "job_queue_by_type", 500);
				assertReads(ClaimStatements.CLAIM_TYPES, some, "job_queue_by_type", 150);
				assertReads(ClaimStatements.CLAIM_TYPES, fromAPlace(some), "job_queue_by_type", 250);
				assertReads(ClaimStatements.CLAIMABLE_JOBS, with(some, "most", "array[5, 5]"), "job_queue_by_type", 80);
			}
			assertReads(ClaimStatements.ADMIT, any, "job_deferred", 100);
			if (mode.equals("force_generic_plan")) {
				assertReadsOfClients();
			}
			// All that is in flight, and only that.
			assertReads(ExpiryStatements.EXPIRED, with(any, "limit", 1000), "job_by_status", 9000);
			Map<String, Object> batch = completions(100);
			assertReads(CompletionStatements.COMPLETE, batch, "job_pkey", 700);
			assertReads(CompletionStatements.REPEATS, batch, "job_pkey", 700);
			assertReads(ProgressStatements.PROGRESS, batch, "job_pkey", 700);
			assertReads(FailureStatements.FAIL, batch, "job_pkey", 700);
			assertReads(FailureStatements.REPEATS, batch, "job_pkey", 700);
		}
	}

	// As the service has them planned. A plan for the very values would follow whatever
	// the
	// statistics say of a status, which changes by the minute.
	private void assertReadsOfClients() throws SQLException {
		// An old organization, and one whose jobs are all younger than the statistics.
		for (int organization : List.of(6, 0xfff0)) {
			Map<String, Object> list = with(
					Map.of("retention", 86_400_000L, "organization", organization(organization)), "limit", 20);
			String id = this.jdbc
				.sql("select id from job where organization_id = " + organization(organization) + " limit 1")
				.query(String.class)
				.single();
			assertPages(ReadStatements.ONE, with(list, "id", "'" + id + "'"), 6, "job_pkey");
			Map<String, Object> shared = with(with(list, "organizations", "array[" + organization(organization) + "]"),
					"most", "array[20]");
			assertPages(ReadStatements.MANY, with(shared, "ids", "array['" + id + "']"), 6, "job_pkey");
			assertPages(ReadStatements.MANY_NEWEST, shared, LIST_PAGES, "job_pkey");
			assertPages(ReadStatements.NEWEST, list, LIST_PAGES, "job_pkey");
			for (JobStatus status : JobStatus.values()) {
				assertPages(ReadStatements.NEWEST_IN_STATUS, with(list, "status", "'" + status.wire() + "'"),
						LIST_PAGES, "job_by_status");
				assertPages(ReadStatements.MANY_NEWEST_IN_STATUS,
						with(shared, "statuses", "array['" + status.wire() + "']"), LIST_PAGES, "job_by_status");
			}
			assertReadsPages(list);
		}
	}

	private void assertReadsPages(Map<String, Object> list) throws SQLException {
		String middle = this.jdbc.sql("select job_id_at(now() - interval '12 hours')").query(String.class).single();
		for (String below : List.of("'job_g'", "'" + middle + "'")) {
			Map<String, Object> page = with(list, "below", below);
			assertPages(ReadStatements.PAGE, page, LIST_PAGES, "job_pkey");
			for (JobStatus status : JobStatus.values()) {
				assertPages(ReadStatements.PAGE_IN_STATUS, with(page, "status", "'" + status.wire() + "'"), LIST_PAGES,
						"job_by_status");
				assertReadsOfTypes(with(page, "statuses", "array['" + status.wire() + "']"), 20);
			}
			assertReadsOfTypes(with(page, "statuses", "array['queued', 'processing', 'completed', 'failed']"), 4 * 20);
		}
	}

	// In the partition of a cursor little is left, and to the planner one index is as
	// good
	// as another there.
	private void assertReadsOfTypes(Map<String, Object> page, int rows) throws SQLException {
		for (String type : JobType.allWire()) {
			assertPages(ReadStatements.PAGE_OF_TYPE, with(page, "type", "'" + type + "'"), rows,
					rows / 20 * LIST_PAGES + PAGES_OF_OTHER_TYPES, "job_by_status", "job_pkey");
		}
	}

	/**
	 * Runs a read.
	 * @param most pages of indexes and tables that may be looked at: every index is three
	 * deep, and a row asked for may lie on a page of its own
	 * @param indexes no others may be used
	 */
	private void assertPages(String sql, Map<String, Object> values, int most, String... indexes) throws SQLException {
		assertPages(sql, values, 20, most, indexes);
	}

	private void assertPages(String sql, Map<String, Object> values, int rows, int most, String... indexes)
			throws SQLException {
		Set<String> used = new TreeSet<>();
		JsonNode plan = explain(sql, values);
		assertThat(read(plan, used)).as(sql + plan.toPrettyString()).isLessThanOrEqualTo(rows);
		assertThat(used).as(plan.toPrettyString()).isNotEmpty().isSubsetOf(indexes);
		assertThat(plan.get("Shared Hit Blocks").asInt() + plan.get("Shared Read Blocks").asInt())
			.as(sql + plan.toPrettyString())
			.isLessThanOrEqualTo(most);
	}

	/**
	 * Runs the statement and takes it back.
	 * @param index the one, of the whole table, that finds the rows. Whatever looks up
	 * again what was found may use others
	 * @param most rows that may be looked at on the way, its own steps included
	 */
	private void assertReads(String sql, Map<String, Object> values, String index, int most) throws SQLException {
		Set<String> used = new TreeSet<>();
		JsonNode plan = explain(sql, values);
		long rows = read(plan, used);
		assertThat(used).as(plan.toPrettyString()).contains(index);
		assertThat(rows).as(sql + plan.toPrettyString()).isLessThan(most);
	}

	private long read(JsonNode node, Set<String> indexes) {
		long loops = node.path("Actual Loops").asLong(0);
		if (loops == 0) {
			return 0;
		}
		assertThat(node.get("Node Type").stringValue()).as(node.toPrettyString()).isNotEqualTo("Seq Scan");
		if (node.has("Index Name")) {
			indexes.add(wholeIndex(node.get("Index Name").stringValue()));
		}
		double rows = !node.has("Index Name") ? 0
				: node.path("Actual Rows").asDouble(0) + node.path("Rows Removed by Filter").asDouble(0)
						+ node.path("Rows Removed by Index Recheck").asDouble(0)
						+ node.path("Rows Removed by Join Filter").asDouble(0);
		return Math.round(rows * loops)
				+ node.path("Plans").valueStream().mapToLong((child) -> read(child, indexes)).sum();
	}

	private String wholeIndex(String index) {
		return this.jdbc.sql("select inhparent::regclass::text from pg_inherits where inhrelid = ?::regclass")
			.param(index)
			.query(String.class)
			.single();
	}

	private static String type(String name, String sql) {
		return (name.equals("most") && sql.contains("turn.place < :most")) ? "int" : TYPES.get(name);
	}

	private JsonNode explain(String sql, Map<String, Object> values) throws SQLException {
		Map<String, Integer> places = new LinkedHashMap<>();
		Matcher names = Pattern.compile("(?<!:):(\\w+)").matcher(sql);
		String numbered = names
			.replaceAll((name) -> "\\$" + places.computeIfAbsent(name.group(1), (_) -> places.size() + 1));
		List<String> literals = new ArrayList<>();
		places.keySet().forEach((name) -> literals.add(String.valueOf(values.get(name))));
		run("begin");
		try {
			run("prepare measured ("
					+ places.keySet().stream().map((name) -> type(name, sql)).collect(Collectors.joining(", "))
					+ ") as " + numbered);
			// What the search for the organization does, which a claim follows.
			if (sql.contains("lease_token = gen_random_uuid()")) {
				run("set local enable_sort = off");
			}
			return json
				.readTree(this.jdbc.sql("explain (analyze, buffers, timing off, format json) execute measured ("
						+ String.join(", ", literals) + ")")
					.query(String.class)
					.single())
				.get(0)
				.get("Plan");
		}
		finally {
			run("rollback");
			run("deallocate all");
		}
	}

	private Map<String, Object> completions(int jobs) {
		return this.jdbc
			.sql("""
					select array_agg(organization_id order by organization_id, id)::text as organizations,
					       array_agg(id order by organization_id, id)::text as ids,
					       array_agg(lease_token)::text as tokens, array_agg('{}'::text)::text as result,
					       array_agg(true)::text as retry, array_agg(1.0)::text as spread, array_agg('E'::text)::text as code,
					       array_agg('m'::text)::text as message, array_agg(processed)::text as processed,
					       array_agg(total)::text as total, array_agg(lease_seconds)::text as seconds
					from (select * from job where status = 'processing' limit ?) held
					""")
			.param(jobs)
			.query((row, _) -> {
				Map<String, Object> columns = new LinkedHashMap<>(
						Map.of("retention", 86_400_000L, "delays", "'{5,10}'", "longest", 2, "patience", "'100'"));
				for (String column : List.of("organizations", "ids", "tokens", "result", "retry", "spread", "code",
						"message", "processed", "total", "seconds")) {
					columns.put(column, "'" + row.getString(column) + "'");
				}
				return columns;
			})
			.single();
	}

	// Higher priorities from their head, and those of 1 of the last twelve hours.
	private Map<String, Object> fromAPlace(Map<String, Object> values) {
		String place = this.jdbc.sql("select job_id_at(now() - interval '12 hours')").query(String.class).single();
		return with(with(with(values, "lowest", "'{2,1}'"), "highest", "'{2147483647,1}'"), "from",
				"'{\"\"," + place + "}'");
	}

	private static Map<String, Object> with(Map<String, Object> values, String name, Object value) {
		Map<String, Object> all = new LinkedHashMap<>(values);
		all.put(name, value);
		return all;
	}

	private static String organization(int number) {
		return "'org_%024x'".formatted(number);
	}

	// The newest has just begun, at any time of the day.
	private void makePartitions() {
		run("create table job_change_all partition of job_change for values from (minvalue) to (maxvalue)");
		run("""
				do $$ declare start timestamptz; begin
				  for hours in reverse 24..0 by 6 loop
				    start := now() - hours * interval '1 hour' - interval '30 minutes';
				    execute format('create table job_%s partition of job for values from (%L) to (%L)',
				      hours, job_id_at(start), job_id_at(start + interval '6 hours'));
				    execute format('alter table job_%s set (autovacuum_enabled = off)', hours);
				  end loop;
				end $$
				""");
	}

	private void run(String sql) {
		this.jdbc.sql(sql).update();
	}

}
