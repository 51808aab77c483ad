package io.surveycoder.jobs.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.surveycoder.jobs.start.StartFailure;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.PriorityOrdered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.stereotype.Component;
import org.springframework.util.StringUtils;

/**
 * Brings a PostgreSQL of its own when no database is given (contract §3, main job). Its
 * data stays under {@code .data/} between runs, written as safely as on a server. Runs
 * before anything reads a setting, and gives its own as the weakest of all.
 */
@Component
class LocalDatabase implements BeanFactoryPostProcessor, PriorityOrdered, DisposableBean {

	private static final Logger log = LoggerFactory.getLogger(LocalDatabase.class);

	private static final Path HOME = Path.of(".data");

	private @Nullable FileChannel possession;

	private @Nullable EmbeddedPostgres postgres;

	private @Nullable DemoSecrets secrets;

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
		ConfigurableEnvironment environment = beans.getBean(ConfigurableEnvironment.class);
		if (StringUtils.hasText(environment.getProperty("spring.datasource.url"))) {
			return;
		}
		try {
			takePossession();
			this.secrets = DemoSecrets.in(HOME);
			this.postgres = start(HOME.resolve("postgres").toAbsolutePath());
		}
		catch (IOException ex) {
			throw new StartFailure(
					"The local database under " + HOME.toAbsolutePath() + " does not start: " + ex.getMessage(),
					"Delete the folder to start anew, or give a database: SPRING_DATASOURCE_URL.");
		}
		Map<String, Object> settings = new HashMap<>();
		settings.put("spring.datasource.url", this.postgres.getJdbcUrl("postgres", "postgres"));
		settings.put("spring.datasource.username", "postgres");
		settings.put("jobs.bootstrap-admin-key", this.secrets.adminKey());
		settings.put("jobs.webhooks.encryption-key", this.secrets.encryptionKey());
		// A receiver that is being written runs beside the service, without TLS.
		settings.put("jobs.webhooks.allow-http", "true");
		settings.put("jobs.webhooks.allowed-networks", "127.0.0.0/8,::1");
		// A developer's machine is not a server: nobody else gets in unless asked to.
		settings.put("server.address", "127.0.0.1");
		settings.put("management.server.address", "127.0.0.1");
		// No load balancer has to notice that it stops.
		settings.put("jobs.drain.delay", "0s");
		environment.getPropertySources().addLast(new MapPropertySource("local", settings));
		log.info("No database given: using a local PostgreSQL, data in {}", HOME.toAbsolutePath());
	}

	/**
	 * The demo's keys; empty when a database was given and there is no demo.
	 */
	Optional<DemoSecrets> secrets() {
		return Optional.ofNullable(this.secrets);
	}

	// Held until this process ends, however it ends.
	private void takePossession() throws IOException {
		Files.createDirectories(HOME);
		this.possession = FileChannel.open(HOME.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
		if (this.possession.tryLock() == null) {
			throw new StartFailure("Another ./mvnw spring-boot:run is using " + HOME.toAbsolutePath() + ".",
					"Stop it, or run this one in another clone.");
		}
	}

	private static EmbeddedPostgres start(Path data) throws IOException {
		stopLeftOver(data);
		return EmbeddedPostgres.builder()
			.setDataDirectory(data)
			.setCleanDataDirectory(false)
			// The library's own are for tests: fast, and lost with the power.
			.setServerConfig("fsync", "on")
			.setServerConfig("synchronous_commit", "on")
			.setServerConfig("full_page_writes", "on")
			.setPGStartupWait(Duration.ofSeconds(60))
			.start();
	}

	// A killed JVM leaves its PostgreSQL behind, which would refuse the data to a new
	// one.
	private static void stopLeftOver(Path data) throws IOException {
		if (!Files.exists(data.resolve("postmaster.pid"))) {
			return;
		}
		// The number may be another process's by now: it must be a PostgreSQL on this
		// very folder.
		Optional<ProcessHandle> leftOver = Files.readAllLines(data.resolve("postmaster.pid"))
			.stream()
			.limit(1)
			.filter((line) -> line.strip().matches("[0-9]{1,9}"))
			.findFirst()
			.flatMap((line) -> ProcessHandle.of(Long.parseLong(line.strip())))
			.filter((process) -> process.info().command().orElse("").contains("postgres")
					&& process.info().commandLine().orElse("").contains("-D " + data));
		if (leftOver.isEmpty()) {
			return;
		}
		log.info("Stopping the PostgreSQL that an earlier run left behind (pid {})", leftOver.get().pid());
		leftOver.get().destroy();
		try {
			leftOver.get().onExit().get(20, TimeUnit.SECONDS);
		}
		catch (ExecutionException | TimeoutException | InterruptedException ex) {
			throw new IOException("the PostgreSQL of an earlier run, pid " + leftOver.get().pid() + ", does not stop",
					ex);
		}
	}

	@Override
	public void destroy() throws IOException {
		if (this.postgres != null) {
			this.postgres.close();
		}
		if (this.possession != null) {
			this.possession.close();
		}
	}

	@Override
	public int getOrder() {
		return HIGHEST_PRECEDENCE;
	}

}
