package io.surveycoder.jobs.testing;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import javax.sql.DataSource;

import net.ttddyy.dsproxy.listener.MethodExecutionContext;
import net.ttddyy.dsproxy.support.ProxyDataSourceBuilder;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.test.context.TestComponent;

/**
 * What a test service sends to the database: each statement, and {@code begin} for each
 * transaction.
 */
@TestComponent
public class Statements implements BeanPostProcessor {

	private final List<String> sent = new CopyOnWriteArrayList<>();

	/**
	 * What was sent while this ran.
	 */
	public synchronized List<String> during(Runnable work) {
		this.sent.clear();
		work.run();
		return List.copyOf(this.sent);
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String name) {
		return (bean instanceof DataSource source) ? ProxyDataSourceBuilder.create(source)
			.afterMethod(this::noteBegin)
			.afterQuery((_, queries) -> queries.forEach((query) -> note(query.getQuery())))
			.build() : bean;
	}

	private void noteBegin(MethodExecutionContext call) {
		if (call.getMethod().getName().equals("setAutoCommit") && Boolean.FALSE.equals(call.getMethodArgs()[0])) {
			note("begin");
		}
	}

	// Bounded: most tests never ask. What all followers share is nobody's: those of
	// another test may still be there.
	private void note(String statement) {
		if (this.sent.size() < 100 && !statement.contains("job_change_demand")) {
			this.sent.add(statement.strip());
		}
	}

}
