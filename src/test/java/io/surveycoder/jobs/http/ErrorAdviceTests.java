package io.surveycoder.jobs.http;

import java.io.IOException;
import java.net.URI;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.stream.Stream;

import io.surveycoder.jobs.testing.ErrorEnvelope;
import org.apache.catalina.connector.ClientAbortException;
import org.apache.coyote.BadRequestException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.mock.http.MockHttpInputMessage;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.transaction.CannotCreateTransactionException;

import static org.assertj.core.api.Assertions.assertThat;

class ErrorAdviceTests {

	private final ErrorAdvice advice = new ErrorAdvice(new ErrorWriter(JsonMapper.shared(),
			new ErrorWriter.Docs(URI.create("https://docs.surveycoder.io/errors/"))));

	private final MockHttpServletResponse response = new MockHttpServletResponse();

	static Stream<Exception> databaseAway() {
		return Stream.of(
				new CannotGetJdbcConnectionException("pool", new SQLTransientConnectionException("no connection")),
				new CannotCreateTransactionException("no transaction"), sql("08006"), sql("08001"), sql("53300"),
				sql("57P01"), sql("57014"), sql("40001"), sql("40P01"), sql("25006"), sql("55P03"),
				new CannotAcquireLockException("lock", new SQLException("deadlock", "40P01")));
	}

	static Stream<Exception> ourFault() {
		return Stream.of(new IllegalStateException("secret detail"), sql("42P01"), sql("22P02"),
				new DataIntegrityViolationException("secret detail", new SQLException("secret detail", "23514")),
				new RuntimeException("secret detail", new IOException("secret detail")));
	}

	@ParameterizedTest
	@MethodSource("databaseAway")
	void databaseAwayIsAnAnswerToTryAgain(Exception thrown) throws IOException {
		answer(thrown);
		assertThat(this.response.getStatus()).isEqualTo(503);
		assertThat(this.response.getHeader("Retry-After")).isEqualTo("1");
		assertThat(error().get("code").stringValue()).isEqualTo("SERVICE_UNAVAILABLE");
	}

	@ParameterizedTest
	@MethodSource("ourFault")
	void ourOwnFaultSaysNothing(Exception thrown) throws IOException {
		answer(thrown);
		assertThat(this.response.getStatus()).isEqualTo(500);
		assertThat(error().get("code").stringValue()).isEqualTo("INTERNAL_ERROR");
		assertThat(this.response.getContentAsString()).doesNotContain("secret", "Exception");
	}

	@Test
	void bodyThatTheContainerCannotDecodeIsTheClientsFault() throws IOException {
		answer(new HttpMessageNotReadableException("I/O error", new BadRequestException("Invalid chunk header"),
				new MockHttpInputMessage(new byte[0])));
		assertThat(this.response.getStatus()).isEqualTo(400);
		assertThat(error().get("code").stringValue()).isEqualTo("BAD_REQUEST");
	}

	@Test
	void nothingIsWrittenToAClientThatIsGone() throws IOException {
		answer(new RuntimeException(new ClientAbortException(new IOException("Broken pipe"))));
		assertThat(this.response.getContentAsByteArray()).isEmpty();
	}

	@Test
	void whatWasWrittenBeforeTheErrorIsTakenBack() throws IOException {
		this.response.getOutputStream().print("{\"success\":true");
		answer(ApiException.notFound("Job"));
		assertThat(error().get("message").stringValue()).isEqualTo("Job not found");
	}

	private void answer(Exception thrown) throws IOException {
		this.advice.answer(thrown, new MockHttpServletRequest("GET", "/v2/jobs"), this.response);
	}

	private JsonNode error() throws IOException {
		return ErrorEnvelope.checkBody(this.response.getContentAsString());
	}

	private static Exception sql(String state) {
		return new UncategorizedSQLException("task", "select secret", new SQLException("secret detail", state));
	}

}
