package io.surveycoder.jobs.start;

import java.sql.SQLException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

class DatabaseFailureAnalyzerTests {

	private final DatabaseFailureAnalyzer analyzer = new DatabaseFailureAnalyzer(
			new MockEnvironment().withProperty("spring.datasource.url", "jdbc:postgresql://db/jobs?password=secret")
				.withProperty("spring.datasource.username", "app")
				.withProperty("spring.datasource.password", "secret"));

	@ParameterizedTest
	@CsvSource({ "28P01, refused user 'app', SPRING_DATASOURCE_PASSWORD",
			"3D000, does not exist, SPRING_DATASOURCE_URL", "08001, cannot be reached, SPRING_DATASOURCE_URL",
			"42501, may not make tables, owner", "57P03, not ready yet, again",
			"53300, no more connections, max_connections" })
	void reasonIsNamedAndSoIsTheFix(String state, String reason, String fix) {
		FailureAnalysis analysis = this.analyzer
			.analyze(new IllegalStateException(new SQLException("as PostgreSQL puts it", state)));
		assertThat(analysis.getDescription()).contains(reason)
			.contains("jdbc:postgresql://db/jobs says: as PostgreSQL puts it")
			.doesNotContain("secret");
		assertThat(analysis.getAction()).contains(fix);
	}

	@Test
	void innermostStateCounts() {
		SQLException outer = new SQLException("pool gave up", "08001", new SQLException("wrong password", "28P01"));
		assertThat(this.analyzer.analyze(outer).getDescription()).contains("refused user 'app'");
	}

	@Test
	void errorOfAStatementIsNotExplainedAway() {
		assertThat(this.analyzer.analyze(new SQLException("syntax error", "42601"))).isNull();
	}

}
