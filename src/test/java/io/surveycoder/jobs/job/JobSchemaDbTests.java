package io.surveycoder.jobs.job;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

import io.surveycoder.jobs.testing.JobRows;
import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.util.PSQLException;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

@ServiceTest
class JobSchemaDbTests {

	private static final String LEASED = "status='processing' attempt=1 lease_token=gen_random_uuid() lease_seconds=60 lease_expires_at=now()";

	private static final String COMPLETED = "status='completed' result='{}'";

	private static final String FAILED = "status='failed' error_code='E' error_message='m'";

	@Autowired
	JobRows rows;

	@Autowired
	JdbcClient jdbc;

	private final String organization = JobRows.organization();

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			job_id_form                     | id=job_id_at(now())||'00000000000G'
			job_id_form                     | id=job_id_at(now())||'0000000000000'
			job_type_known                  | type='video'
			job_status_known                | status='done'
			job_processed_within_total      | processed=1
			job_processed_within_total      | processed=-1
			job_attempt_within_max_attempts | attempt=4
			job_attempt_within_max_attempts | attempt=-1
			job_completed_is_all_processed  | COMPLETED total=2 processed=1
			job_result_only_when_completed  | result='{}'
			job_result_only_when_completed  | LEASED result='{}'
			job_result_only_when_completed  | FAILED result='{}'
			job_result_only_when_completed  | status='completed'
			job_error_when_failed           | status='failed'
			job_error_when_failed           | COMPLETED error_code='E' error_message='m'
			job_error_is_whole              | error_code='E'
			job_error_is_whole              | error_message='m'
			job_leased_only_while_processing| lease_expires_at=now()
			job_leased_only_while_processing| COMPLETED lease_expires_at=now()
			job_leased_only_while_processing| LEASED lease_expires_at=null
			job_deferred_only_while_queued  | LEASED run_at=now()
			job_deferred_only_while_queued  | COMPLETED run_at=now()
			job_lease_is_whole              | LEASED lease_token=null
			job_lease_is_whole              | LEASED lease_seconds=null
			""")
	void constraintRefusesWhatItsNameSays(String constraint, String columns) {
		DataIntegrityViolationException refusal = catchThrowableOfType(DataIntegrityViolationException.class,
				() -> insert(columns));
		assertThat(refusal).isNotNull();
		assertThat(((PSQLException) refusal.getMostSpecificCause()).getServerErrorMessage().getConstraint())
			.isEqualTo(constraint);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			total=0
			run_at=now()
			LEASED
			LEASED error_code='E' error_message='of the attempt before'
			error_code='E' error_message='of the attempt before' lease_token=gen_random_uuid()
			COMPLETED lease_token=gen_random_uuid()
			COMPLETED total=2 processed=2
			FAILED
			FAILED total=2 processed=1 attempt=3
			""")
	void everyStateOfAJobsLifeIsAllowed(String columns) {
		assertThat(this.rows.row(insert(columns))).isNotEmpty();
	}

	@Test
	void idOfAnInstantIsTheSameInSqlAndInJava() {
		for (String time : List.of("2026-05-01T12:34:56.789999Z", "1970-01-01T00:00:00Z", "2199-12-31T23:59:59.999Z")) {
			Instant instant = Instant.parse(time);
			assertThat(this.jdbc.sql("select job_id_at(?)")
				.param(instant.atOffset(ZoneOffset.UTC))
				.query(String.class)
				.single()).isEqualTo(JobId.startOf(instant));
		}
	}

	@Test
	void horizonIsTheFirstMillisecondThatHasNotExpired() {
		assertThat(this.jdbc.sql("""
				select job_horizon(1000) > job_id_at(now() - interval '1 second')
				   and job_horizon(1000) = job_id_at(now() - interval '999 milliseconds')
				""").query(Boolean.class).single()).isTrue();
	}

	@Test
	void updatedAtMovesOnEvenWhenTheClockDoesNot() {
		OffsetDateTime ahead = this.jdbc.sql("select date_trunc('milliseconds', now()) + interval '1 hour'")
			.query(OffsetDateTime.class)
			.single();
		assertThat(this.jdbc.sql("select job_next_update(?)").param(ahead).query(OffsetDateTime.class).single())
			.isEqualTo(ahead.plusNanos(1_000_000));
		assertThat(this.jdbc.sql("""
				select job_next_update(date_trunc('milliseconds', now()) - interval '1 hour')
				     = date_trunc('milliseconds', now())
				""").query(Boolean.class).single()).isTrue();
	}

	private JobId insert(String columns) {
		String all = columns.replace("LEASED", LEASED).replace("COMPLETED", COMPLETED).replace("FAILED", FAILED);
		List<String> pairs = new ArrayList<>();
		// A value may hold a blank, a column's name never does.
		for (String column : all.split(" (?=\\w+=)")) {
			pairs.addAll(List.of(column.split("=", 2)));
		}
		return this.rows.insert(this.organization, pairs.toArray(String[]::new));
	}

}
