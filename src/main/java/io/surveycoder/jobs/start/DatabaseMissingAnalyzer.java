package io.surveycoder.jobs.start;

import io.surveycoder.jobs.start.DatabaseRequired.DatabaseMissingException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says how to give the service its database.
 */
final class DatabaseMissingAnalyzer extends AbstractFailureAnalyzer<DatabaseMissingException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, DatabaseMissingException cause) {
		return new FailureAnalysis("No database is configured: SPRING_DATASOURCE_URL is not set.", """
				Set the three settings of a PostgreSQL database, for example

				    SPRING_DATASOURCE_URL=jdbc:postgresql://localhost:5432/jobs
				    SPRING_DATASOURCE_USERNAME=jobs
				    SPRING_DATASOURCE_PASSWORD=…

				or, in a clone of the source, run ./mvnw spring-boot:run, which brings its own.""", cause);
	}

}
