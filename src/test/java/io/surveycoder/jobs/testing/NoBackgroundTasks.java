package io.surveycoder.jobs.testing;

import org.mockito.Mockito;

import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.scheduling.TaskScheduler;

/**
 * A scheduler that never runs anything, so that a sweep happens when a test says so.
 */
@TestConfiguration(proxyBeanMethods = false)
class NoBackgroundTasks {

	@Bean
	@Primary
	TaskScheduler idleScheduler() {
		return Mockito.mock(TaskScheduler.class);
	}

}
