package io.surveycoder.jobs;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/**
 * Runs the background tasks on threads of their own. With virtual threads Spring runs all
 * tasks of a fixed delay on a single one, where a partition that waits for a lock would
 * keep expired leases from being found in time.
 */
@Configuration(proxyBeanMethods = false)
@EnableScheduling
class BackgroundTasks {

	private static final int THREADS = 6;

	@Bean
	ThreadPoolTaskScheduler taskScheduler() {
		ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
		scheduler.setPoolSize(THREADS);
		scheduler.setThreadNamePrefix("background-");
		return scheduler;
	}

}
