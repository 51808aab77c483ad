package io.surveycoder.jobs.job.submit;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.JobPartitions;
import io.surveycoder.jobs.job.JobPartitions.Table;
import io.surveycoder.jobs.testing.Answer;
import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.Api.Tenant;
import io.surveycoder.jobs.testing.JobRows;
import io.surveycoder.jobs.testing.Race;
import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Contract §2, Submit.
 */
@ServiceTest
class SubmissionApiTests {

	@Autowired
	Api api;

	@Autowired
	JobRows rows;

	@Autowired
	JobPartitions partitions;

	@Autowired
	JdbcClient jdbc;

	private Tenant tenant;

	@BeforeEach
	void makeATenant() {
		this.tenant = this.api.tenant();
	}

	@Test
	void answerIsTheJobAndWhereToPollIt() {
		Answer answer = submit("\"type\":\"one_call\",\"total\":5");
		assertThat(answer.status()).isEqualTo(201);
		String id = answer.data().get("id").stringValue();
		assertThat(JobId.parse(id)).isPresent();
		assertThat(answer.header("Location")).isEqualTo("/v2/jobs/" + id);
		assertThat(this.api.get(answer.header("Location"), this.tenant.key()).body()).isEqualTo(answer.body());
		assertThat(answer.data().propertyNames()).containsExactly("id", "type", "status", "progress", "created_at",
				"updated_at");
		assertThat(answer.data().get("type").stringValue()).isEqualTo("one_call");
		assertThat(answer.data().get("status").stringValue()).isEqualTo("queued");
		assertThat(answer.data().get("progress").toString())
			.isEqualTo("{\"processed\":0,\"total\":5,\"percentage\":0}");
		assertThat(answer.data().get("updated_at")).isEqualTo(answer.data().get("created_at"));
	}

	@Test
	void idIsTheCreationInstantOnTheDatabasesClock() {
		Instant before = databaseNow();
		JsonNode job = submit("\"type\":\"one_call\"").data();
		Instant created = Instant.parse(job.get("created_at").stringValue());
		assertThat(created).isBetween(before.minusMillis(1), databaseNow());
		assertThat(new JobId(job.get("id").stringValue()).createdAt()).isEqualTo(created);
	}

	@Test
	void everythingButOrganizationAndTypeHasADefault() {
		JobId id = accepted("\"type\":\"auto_coding\"");
		assertThat(
				this.rows.value(id, "total = 0 and processed = 0 and priority = 0 and max_attempts = 3", Boolean.class))
			.isTrue();
		assertThat(this.rows.value(id, "payload is null and metadata is null and attempt = 0", Boolean.class)).isTrue();
		assertThat(this.rows.value(id, "run_at is null", Boolean.class)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "\"total\":0", "\"total\":2147483647", "\"priority\":-100", "\"priority\":100",
			"\"max_attempts\":1", "\"max_attempts\":100", "\"payload\":{}", "\"metadata\":{}",
			"\"metadata\":{\"\":\"\"}" })
	void endsOfEveryRangeAreAccepted(String members) {
		JobId id = accepted("\"type\":\"auto_coding\"," + members);
		String column = members.substring(1, members.indexOf('"', 1));
		assertThat(this.rows.value(id, column + "::text", String.class))
			.isEqualTo(members.substring(members.indexOf(':') + 1));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			total        | -1
			total        | 2147483648
			total        | 1e2
			total        | 1.0
			total        | "1"
			total        | true
			total        | []
			priority     | -101
			priority     | 101
			priority     | 0.5
			max_attempts | 0
			max_attempts | 101
			max_attempts | "3"
			type         | null
			type         | ""
			type         | "video"
			type         | "AUTO_CODING"
			type         | "auto_coding "
			type         | 1
			type         | ["auto_coding"]
			payload      | []
			payload      | "{}"
			payload      | 1
			payload      | true
			metadata     | []
			metadata     | "a"
			metadata     | {"a":1}
			metadata     | {"a":null}
			metadata     | {"a":{}}
			metadata     | {"a":["b"]}
			metadata     | {"a":true}
			metadata     | {"a":1e999999999999}
			metadata     | {"a":1,"a":"b"}
			run_at       | ""
			run_at       | "tomorrow"
			run_at       | 1777638896
			run_at       | "2026-05-01"
			run_at       | "2026-05-01T12:34:56"
			run_at       | "2026-05-01 12:34:56Z"
			run_at       | "2026-02-30T12:34:56Z"
			run_at       | "2026-05-01T24:00:00Z"
			run_at       | "2026-05-01T12:34:56+25:00"
			run_at       | "+12026-05-01T12:34:56Z"
			run_at       | "-0001-05-01T12:34:56Z"
			run_at       | "infinity"
			""")
	void valueOutsideItsRangeIsRefusedByName(String field, String value) {
		String type = field.equals("type") ? "" : "\"type\":\"auto_coding\",";
		Answer answer = submit(type + "\"" + field + "\":" + value);
		assertThat(answer.status()).as(answer.toString()).isEqualTo(422);
		assertThat(answer.errorCode()).isEqualTo("VALIDATION_ERROR");
		assertThat(answer.errorMessage()).contains(field);
		assertThat(jobs()).isZero();
	}

	@ParameterizedTest
	@CsvSource({ "2036-05-01T12:34:56Z,2036-05-01T12:34:56Z", "2036-05-01t12:34:56z,2036-05-01T12:34:56Z",
			"2036-05-01T12:34:56.123999+05:30,2036-05-01T07:04:56.123Z",
			"2036-05-01T12:34:56.1-00:00,2036-05-01T12:34:56.1Z", "2036-05-01T00:00:00+18:00,2036-04-30T06:00:00Z",
			"9999-12-31T23:59:59Z,9999-12-31T23:59:59Z" })
	void runAtIsAnRfc3339Timestamp(String sent, Instant stored) {
		JobId id = accepted("\"type\":\"auto_coding\",\"run_at\":\"" + sent + "\"");
		assertThat(this.rows.value(id, "run_at", OffsetDateTime.class).toInstant()).isEqualTo(stored);
	}

	@ParameterizedTest
	@ValueSource(strings = { "0001-01-01T00:00:00Z", "2026-05-01T12:34:56Z" })
	void runAtInThePastDefersNothing(String sent) {
		JobId id = accepted("\"type\":\"auto_coding\",\"run_at\":\"" + sent + "\"");
		assertThat(this.rows.value(id, "run_at is null", Boolean.class)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "0000-01-01T00:00:00Z", "0000-12-31T23:59:59-18:00", "0001-01-01T00:00:00+18:00",
			"9999-12-31T23:59:59-18:00", "9999-12-31T23:59:59.9999999Z", "2026-05-01T12:34:56.123456789Z" })
	void runAtOnTheEdgeOfTheCalendarNeverFails(String sent) {
		Answer answer = submit("\"type\":\"auto_coding\",\"run_at\":\"" + sent + "\"");
		assertThat(answer.status()).as(answer.toString()).isIn(201, 422);
	}

	@Test
	void metadataIsCountedInCharacters() {
		String emoji = "\ud83d\ude00";
		String name = emoji.repeat(40);
		String value = emoji.repeat(500);
		JobId id = accepted("\"type\":\"auto_coding\",\"metadata\":{\"" + name + "\":\"" + value + "\"}");
		assertThat(this.rows.value(id, "metadata::text", String.class))
			.isEqualTo("{\"" + name + "\":\"" + value + "\"}");
		refused("\"metadata\":{\"" + name + "x\":\"\"}", "metadata");
		refused("\"metadata\":{\"a\":\"" + value + "x\"}", "metadata.a");
		refused("\"metadata\":{\"" + "n".repeat(60_000) + "\":\"\"}", "metadata");
		refused("\"metadata\":{\"a\":" + "1".repeat(2000) + "}", "metadata");
		refused("\"metadata\":{\"a\":" + "[".repeat(499) + "]".repeat(499) + "}", "metadata");
	}

	@Test
	void metadataHasAtMostSixteenMembers() {
		accepted("\"type\":\"auto_coding\",\"metadata\":" + members(16));
		refused("\"metadata\":" + members(17), "metadata");
	}

	@Test
	void unknownOrDisabledOrganizationIsNamed() {
		String disabled = this.api.tenant().organization();
		this.api.send("DELETE", "/internal/v1/organizations/" + disabled, Api.ADMIN_KEY, null);
		for (String organization : List.of("org_000000000000000000000000", "nonsense", disabled)) {
			Answer answer = this.api.post("/internal/v1/jobs",
					"{\"organization_id\":\"" + organization + "\",\"type\":\"auto_coding\"}");
			assertThat(answer.status()).isEqualTo(422);
			assertThat(answer.errorCode()).isEqualTo("VALIDATION_ERROR");
			assertThat(answer.errorMessage()).contains("organization_id", organization);
		}
		for (String organization : List.of("", "null", "1", "\"\"", "\"\\u0000\"")) {
			Answer answer = this.api.post("/internal/v1/jobs",
					"{" + (organization.isEmpty() ? "" : "\"organization_id\":" + organization + ",")
							+ "\"type\":\"auto_coding\"}");
			assertThat(answer.status()).as(organization).isEqualTo(422);
			assertThat(answer.errorMessage()).contains("organization_id");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "null", "[]", "1", "\"a\"", "{", "{}x", "{} {}", "{'type':1}", "{\"type\":}",
			"{\"type\":\"auto_coding\",}", "{/**/}", "\ufeff{}", "{\"payload\":{\"a\":01}}",
			"{\"payload\":{\"a\":NaN}}", "{\"payload\":{\"a\":\"\t\"}}", "{\"payload\":{\"a\":\"\\x\"}}",
			"{\"payload\":{\"a\":\"\\u12\"}}", "{\"payload\":{a:1}}", "{\"payload\":{\"a\":1,}}" })
	void anythingButOneJsonObjectIsRefused(String body) {
		Answer answer = this.api.post("/internal/v1/jobs", body);
		assertThat(answer.status()).as(answer.toString()).isEqualTo(422);
		assertThat(answer.errorCode()).isEqualTo("VALIDATION_ERROR");
	}

	@Test
	void unknownFieldIsNamed() {
		refused("\"colour\":\"red\"", "colour");
		refused("\"Type\":\"one_call\"", "Type");
		refused("\"organizationId\":\"x\"", "organizationId");
	}

	@ParameterizedTest
	@ValueSource(strings = { "\"\\ud83d\":1", "\"\\u0000\":1", "\"metadata\":{\"\\ud83d\":1}",
			"\"metadata\":{\"\\u0000\":1}", "\"type\":\"\\ud83d\"", "\"run_at\":\"\\ude00\"", "\"total\":\"\\ud83d\"" })
	void whatIsNamedMayBeHalfASurrogatePair(String members) {
		Answer answer = submit("\"type\":\"auto_coding\"," + members);
		assertThat(answer.errorCode()).as(answer.toString()).isEqualTo("VALIDATION_ERROR");
	}

	@Test
	void jobIsAcceptedWhereNoPartitionIsThere() {
		dropAllPartitions();
		JobId id = accepted("\"type\":\"auto_coding\"");
		assertThat(this.api.get("/v2/jobs/" + id, this.tenant.key()).status()).isEqualTo(200);
		dropAllPartitions();
		String body = "{\"organization_id\":\"" + this.tenant.organization() + "\",\"type\":\"one_call\"}";
		assertThat(this.api.send("POST", "/internal/v1/jobs", Api.ADMIN_KEY, body, "Idempotency-Key", "k").status())
			.isEqualTo(201);
	}

	@Test
	void jobsAreAcceptedTogetherWhereNoPartitionIsThere() {
		for (int round = 0; round < 5; round++) {
			dropAllPartitions();
			List<Answer> answers = Race.of(() -> submit("\"type\":\"auto_coding\""),
					() -> submit("\"type\":\"auto_coding\""), () -> submit("\"type\":\"auto_coding\""));
			assertThat(answers).extracting(Answer::status).containsOnly(201);
			assertThat(this.partitions.list(Table.JOB)).hasSize(1);
		}
	}

	// Whatever other tests left in them, no test looks for it.
	private void dropAllPartitions() {
		Stream.of(Table.values())
			.flatMap((table) -> this.partitions.list(table).stream())
			.forEach((partition) -> this.jdbc.sql("drop table " + partition.name()).update());
	}

	private Answer submit(String members) {
		return this.api.post("/internal/v1/jobs",
				"{\"organization_id\":\"" + this.tenant.organization() + "\"," + members + "}");
	}

	private JobId accepted(String members) {
		Answer answer = submit(members);
		assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
		return new JobId(answer.data().get("id").stringValue());
	}

	private void refused(String members, String named) {
		Answer answer = submit("\"type\":\"auto_coding\"," + members);
		assertThat(answer.status()).as(answer.toString()).isEqualTo(422);
		assertThat(answer.errorCode()).isEqualTo("VALIDATION_ERROR");
		assertThat(answer.errorMessage()).contains(named);
	}

	private long jobs() {
		return this.jdbc.sql("select count(*) from job where organization_id = ?")
			.param(this.tenant.organization())
			.query(Long.class)
			.single();
	}

	private Instant databaseNow() {
		return this.jdbc.sql("select now()").query(OffsetDateTime.class).single().toInstant();
	}

	private static String members(int count) {
		return IntStream.range(0, count)
			.mapToObj((n) -> "\"m" + n + "\":\"v\"")
			.collect(Collectors.joining(",", "{", "}"));
	}

}
