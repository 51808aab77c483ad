package io.surveycoder.jobs.testing;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestExecutionListener;

/**
 * Takes away what earlier tests left queued, or every claim of a later one would have to
 * wade through it. Nothing is right only because of it.
 */
class EmptyQueue implements TestExecutionListener {

	@Override
	public void beforeTestMethod(TestContext test) {
		test.getApplicationContext().getBean(JdbcClient.class).sql("delete from job where status = 'queued'").update();
	}

}
