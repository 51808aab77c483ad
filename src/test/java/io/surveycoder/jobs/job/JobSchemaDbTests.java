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
			id=job_id_at(now())||'00000000000G'
			id=job_id_at(now())||'0000000000000'
			type='video'
			status='done'
			processed=1
			processed=-1
			attempt=4
			attempt=-1
			COMPLETED total=2 processed=1
			result='{}'
			LEASED result='{}'
			FAILED result='{}'
			status='completed'
			status='failed'
			COMPLETED error_code='E' error_message='m'
			error_code='E'
			error_message='m'
			lease_expires_at=now()
			COMPLETED lease_expires_at=now()
			LEASED lease_expires_at=null
			LEASED run_at=now()
			COMPLETED run_at=now()
			LEASED lease_token=null
			LEASED lease_seconds=null
			""")
	void whatNoJobMayBeIsRefused(String columns) {
		DataIntegrityViolationException refusal = catchThrowableOfType(DataIntegrityViolationException.class,
				() -> insert(columns));
		assertThat(refusal).isNotNull();
		assertThat(((PSQLException) refusal.getMostSpecificCause()).getServerErrorMessage().getConstraint())
			.isEqualTo("job_is_sound");
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
				select job_horizon(1000) collate "C" > job_id_at(now() - interval '1 second')
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
