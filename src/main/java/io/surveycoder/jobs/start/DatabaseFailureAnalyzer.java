package io.surveycoder.jobs.start;

import java.sql.SQLException;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;

/**
 * Says why PostgreSQL would not have us, without a stack trace and without the password.
 */
final class DatabaseFailureAnalyzer extends AbstractFailureAnalyzer<SQLException> {

	private final Environment environment;

	DatabaseFailureAnalyzer(Environment environment) {
		this.environment = environment;
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, SQLException cause) {
		String url = withoutParameters(this.environment.getProperty("spring.datasource.url", "(none)"));
		String user = this.environment.getProperty("spring.datasource.username", "(none)");
		SQLException last = lastWithState(cause);
		String state = String.valueOf(last.getSQLState());
		String says = "PostgreSQL at " + url + " says: " + last.getMessage();
		return switch (state) {
			case "28P01", "28000" ->
				new FailureAnalysis("The database refused user '" + user + "' or its password. " + says,
						"Check SPRING_DATASOURCE_USERNAME and SPRING_DATASOURCE_PASSWORD.", cause);
			case "3D000" -> new FailureAnalysis("The database does not exist. " + says,
					"Create it, or correct the name at the end of SPRING_DATASOURCE_URL.", cause);
			case "42501" -> new FailureAnalysis("User '" + user + "' may not make tables. " + says,
					"Make it the owner of the database or of its schema.", cause);
			case "57P03" ->
				new FailureAnalysis("The database is not ready yet. " + says, "Start again in a moment.", cause);
			case "53300" -> new FailureAnalysis("The database takes no more connections. " + says,
					"Raise max_connections or lower SPRING_DATASOURCE_HIKARI_MAXIMUM_POOL_SIZE.", cause);
			default ->
				state.startsWith("08")
						? new FailureAnalysis("The database cannot be reached. " + says,
								"Check that it runs and that SPRING_DATASOURCE_URL names its host and port.", cause)
						: null;
		};
	}

	private static SQLException lastWithState(SQLException cause) {
		SQLException last = cause;
		for (Throwable at = cause; at != null; at = at.getCause()) {
			if (at instanceof SQLException sql && sql.getSQLState() != null) {
				last = sql;
			}
		}
		return last;
	}

	// They may hold a password.
	private static String withoutParameters(String url) {
		int question = url.indexOf('?');
		return (question >= 0) ? url.substring(0, question) : url;
	}

}
