package io.surveycoder.jobs.testing;

import java.lang.reflect.Proxy;

import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.TaskScheduler;

/**
 * A scheduler that never runs anything, so that a sweep happens when a test says so.
 */
@TestConfiguration(proxyBeanMethods = false)
class NoBackgroundTasks {

	@Bean
	TaskScheduler taskScheduler() {
		return (TaskScheduler) Proxy.newProxyInstance(TaskScheduler.class.getClassLoader(),
				new Class<?>[] { TaskScheduler.class }, (_, _, _) -> null);
	}

}
