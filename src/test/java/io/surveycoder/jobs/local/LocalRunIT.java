package io.surveycoder.jobs.local;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.surveycoder.jobs.testing.Answer;
import io.surveycoder.jobs.testing.ServiceProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The main job on a fresh machine: what {@code spring-boot:run} starts, in an empty
 * folder and without a database.
 */
@Execution(ExecutionMode.CONCURRENT)
class LocalRunIT {

	private static final Pattern CURL = Pattern
		.compile("curl -H 'x-api-key: (scp_test_\\w+)' http://localhost:\\d+(\\S+)");

	@TempDir
	Path folder;

	@Test
	void demoJobsGoThroughTheirLifeAndOutliveAKilledService() throws Exception {
		Matcher curl;
		String jobs;
		try (ServiceProcess service = start()) {
			await().atMost(Duration.ofSeconds(90)).until(() -> CURL.matcher(service.log()).find());
			curl = CURL.matcher(service.log());
			assertThat(curl.find()).isTrue();
			String key = curl.group(1);
			String path = curl.group(2);
			Answer answer = service.api().get(path, key);
			assertThat(answer.status()).isEqualTo(200);
			assertThat(answer.data()).hasSizeGreaterThanOrEqualTo(3);
			jobs = ids(answer);
			// While the demo's worker takes its time.
			try (ServiceProcess second = start()) {
				assertThat(second.waitFor()).isEqualTo(1);
				assertThat(second.log()).contains("Another ./mvnw spring-boot:run is using");
			}
			await().atMost(Duration.ofSeconds(60))
				.until(() -> !service.api().get(path + "?status=completed", key).data().isEmpty());
			assertThat(service.api().get(path, key).status()).isEqualTo(200);
		}
		try (ServiceProcess again = start()) {
			await().atMost(Duration.ofSeconds(90)).until(() -> CURL.matcher(again.log()).find());
			assertThat(ids(again.api().get(curl.group(2), curl.group(1)))).isEqualTo(jobs);
			again.terminate();
			again.waitFor();
		}
	}

	private static String ids(Answer list) {
		return list.data().valueStream().map((job) -> job.get("id").stringValue()).collect(Collectors.joining(","));
	}

	private ServiceProcess start() throws IOException {
		String classPath = Arrays
			.stream(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
				.split(File.pathSeparator))
			.filter((entry) -> !entry.endsWith("test-classes"))
			.collect(Collectors.joining(File.pathSeparator));
		return ServiceProcess.start(this.folder, Map.of(), "-cp", classPath, "io.surveycoder.jobs.JobsApiApplication");
	}

}
