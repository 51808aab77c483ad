package io.surveycoder.jobs;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

import static org.assertj.core.api.Assertions.assertThat;

class BackgroundTasksTests {

	@Test
	void taskThatHangsDoesNotKeepTheOthersFromRunning() throws InterruptedException {
		ThreadPoolTaskScheduler scheduler = new BackgroundTasks().taskScheduler();
		scheduler.initialize();
		CountDownLatch end = new CountDownLatch(1);
		CountDownLatch othersRan = new CountDownLatch(2);
		try {
			scheduler.submit(() -> end.await(1, TimeUnit.MINUTES));
			scheduler.submit(othersRan::countDown);
			scheduler.submit(othersRan::countDown);
			assertThat(othersRan.await(10, TimeUnit.SECONDS)).isTrue();
		}
		finally {
			end.countDown();
			scheduler.shutdown();
		}
	}

}
