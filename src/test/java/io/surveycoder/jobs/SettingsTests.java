package io.surveycoder.jobs;

import java.util.Map;

import io.surveycoder.jobs.job.JobRetention;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The settings of all modules (contract §3): what is out of range stops the start with a
 * message that names the property.
 */
@Execution(ExecutionMode.CONCURRENT)
class SettingsTests {

	private final ApplicationContextRunner service = new ApplicationContextRunner().withUserConfiguration(Scan.class);

	@Test
	void everySettingHasADefault() {
		this.service.run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBean(JobRetention.class).millis()).isEqualTo(86_400_000);
		});
	}

	@ParameterizedTest
	@CsvSource({ "jobs.retention, 59s", "jobs.retention, 31d", "jobs.retention, -24h", "jobs.retention, soon",
			"jobs.partition-width, 59s", "jobs.partition-width, 90s", "jobs.partition-width, 31d",
			"jobs.partition-width, wide", "jobs.rate-limit.requests-per-minute, -1",
			"jobs.rate-limit.requests-per-minute, 1000001", "jobs.rate-limit.requests-per-minute, many",
			"jobs.rate-limit.requests-per-minute, 1.5", "jobs.retry.initial-delay, 0s", "jobs.retry.initial-delay, 2h",
			"jobs.retry.max-delay, 1s", "jobs.retry.max-delay, 25h", "jobs.retry.jitter, 1.1",
			"jobs.retry.jitter, -0.1", "jobs.retry.jitter, NaN", "jobs.retry.jitter, some", "jobs.drain.delay, 9s",
			"jobs.drain.delay, -1s", "jobs.drain.delay, long", "jobs.finished-cache.max-size, -1B",
			"jobs.finished-cache.max-size, 65GB", "jobs.finished-cache.max-size, much",
			"jobs.large-results.max-size, -1B", "jobs.large-results.max-size, 1025GB",
			"jobs.large-results.max-size, much", "jobs.docs.errors-base-url, /errors/",
			"jobs.docs.errors-base-url, mailto:a@example.org", "jobs.docs.errors-base-url, http://a b/",
			"jobs.webhooks.allow-http, perhaps", "jobs.webhooks.allowed-networks, localhost",
			"jobs.webhooks.allowed-networks, 10.0.0.0/33", "jobs.webhooks.encryption-key, c2hvcnQ=",
			"jobs.webhooks.encryption-key, none", "jobs.webhooks.previous-encryption-keys, c2hvcnQ=",
			"jobs.bootstrap-admin-key, scp_live_0123456789ABCDEFGHIJklmnopqrstuv",
			"jobs.bootstrap-admin-key, scp_svc_0123", "jobs.bootstrap-admin-key, secret" })
	void badValueStopsTheStartAndIsNamed(String property, String value) {
		this.service.withPropertyValues(property + "=" + value)
			.run((context) -> assertThat(messages(context.getStartupFailure())).contains(property));
	}

	@ParameterizedTest
	@ValueSource(strings = { "jobs.retention=1m", "jobs.retention=30d", "jobs.partition-width=1m",
			"jobs.partition-width=30d", "jobs.rate-limit.requests-per-minute=0",
			"jobs.rate-limit.requests-per-minute=1000000", "jobs.retry.initial-delay=1ms", "jobs.retry.max-delay=24h",
			"jobs.retry.jitter=0", "jobs.retry.jitter=1", "jobs.drain.delay=0s", "jobs.drain.delay=8s",
			"jobs.finished-cache.max-size=0", "jobs.finished-cache.max-size=64GB", "jobs.large-results.max-size=0",
			"jobs.large-results.max-size=1TB", "jobs.large-results.directory=",
			"jobs.docs.errors-base-url=https://example.org/e", "jobs.webhooks.allow-http=true",
			"jobs.webhooks.allowed-networks=10.1.0.0/16,fd00::/8,127.0.0.1", "jobs.webhooks.allowed-networks=",
			"jobs.webhooks.encryption-key=",
			"jobs.webhooks.encryption-key=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
			"jobs.bootstrap-admin-key=scp_svc_0123456789ABCDEFGHIJklmnopqrstuv", "jobs.bootstrap-admin-key=" })
	void endsOfTheRangesAreAccepted(String setting) {
		this.service.withPropertyValues(setting).run((context) -> assertThat(context).hasNotFailed());
	}

	@ParameterizedTest
	@CsvSource({ "JOBS_RETENTION, jobs.retention", "JOBS_PARTITION_WIDTH, jobs.partition-width",
			"JOBS_RATE_LIMIT_REQUESTS_PER_MINUTE, jobs.rate-limit.requests-per-minute",
			"JOBS_FINISHED_CACHE_MAX_SIZE, jobs.finished-cache.max-size",
			"JOBS_LARGE_RESULTS_MAX_SIZE, jobs.large-results.max-size",
			"JOBS_WEBHOOKS_ENCRYPTION_KEY, jobs.webhooks.encryption-key",
			"JOBS_WEBHOOKS_PREVIOUS_ENCRYPTION_KEYS, jobs.webhooks.previous-encryption-keys",
			"JOBS_WEBHOOKS_ALLOWED_NETWORKS, jobs.webhooks.allowed-networks",
			"JOBS_WEBHOOKS_ALLOW_HTTP, jobs.webhooks.allow-http", "JOBS_BOOTSTRAP_ADMIN_KEY, jobs.bootstrap-admin-key",
			"JOBS_RETRY_INITIAL_DELAY, jobs.retry.initial-delay", "JOBS_RETRY_MAX_DELAY, jobs.retry.max-delay",
			"JOBS_DOCS_ERRORS_BASE_URL, jobs.docs.errors-base-url" })
	void everySettingIsAnEnvironmentVariableToo(String variable, String property) {
		environment(variable, "-1")
			.run((context) -> assertThat(messages(context.getStartupFailure())).contains(property));
	}

	@Test
	void environmentVariablesAreRead() {
		environment("JOBS_RETENTION", "48h")
			.run((context) -> assertThat(context.getBean(JobRetention.class).millis()).isEqualTo(2 * 86_400_000));
	}

	private ApplicationContextRunner environment(String variable, String value) {
		return this.service.withInitializer((context) -> context.getEnvironment()
			.getPropertySources()
			.addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment", Map.of(variable, value))));
	}

	private static String messages(Throwable failure) {
		assertThat(failure).as("started").isNotNull();
		StringBuilder messages = new StringBuilder();
		for (Throwable at = failure; at != null; at = at.getCause()) {
			messages.append(at.getMessage()).append('\n');
		}
		return messages.toString();
	}

	@ConfigurationPropertiesScan("io.surveycoder.jobs")
	static class Scan {

	}

}
