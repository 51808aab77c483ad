package io.surveycoder.jobs.testing;

import java.util.stream.Stream;

import io.micrometer.core.instrument.MeterRegistry;
import io.surveycoder.jobs.JobsApiApplication;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.TypeExcludeFilter;
import org.springframework.boot.test.context.TestComponent;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.type.classreading.MetadataReader;
import org.springframework.core.type.classreading.MetadataReaderFactory;

/**
 * Another instance of the service beside the test context's, on the same database and as
 * it is in production: with its scheduler, and nothing of the tests in it.
 */
public final class SecondService implements AutoCloseable {

	private final ConfigurableApplicationContext context;

	private SecondService(ConfigurableApplicationContext context) {
		this.context = context;
	}

	/**
	 * Starts it.
	 * @param arguments further ones, {@code --name=value}
	 */
	public static SecondService start(String... arguments) {
		return new SecondService(
				new SpringApplicationBuilder(JobsApiApplication.class)
					.initializers(new TestDatabase.Initializer(),
							(context) -> context.getBeanFactory().registerSingleton("withoutTests", new WithoutTests()))
					.run(Stream
						.concat(Stream.of("--server.address=127.0.0.1", "--server.port=0",
								"--management.server.address=127.0.0.1", "--management.server.port=0",
								"--jobs.drain.delay=0s", "--jobs.bootstrap-admin-key=" + Api.ADMIN_KEY),
								Stream.of(arguments))
						.toArray(String[]::new)));
	}

	public Api api() {
		return new Api("http://127.0.0.1:" + this.context.getEnvironment().getRequiredProperty("local.server.port"));
	}

	/**
	 * A gauge of this instance.
	 */
	public double metric(String name) {
		return this.context.getBean(MeterRegistry.class).get(name).gauge().value();
	}

	@Override
	public void close() {
		this.context.close();
	}

	/**
	 * Test classes lie in scanned packages; a {@code @SpringBootTest} leaves them out by
	 * itself.
	 */
	private static final class WithoutTests extends TypeExcludeFilter {

		@Override
		public boolean match(MetadataReader type, MetadataReaderFactory factory) {
			return type.getAnnotationMetadata().isAnnotated(TestComponent.class.getName())
					|| type.getAnnotationMetadata().isAnnotated(TestConfiguration.class.getName());
		}

		@Override
		public boolean equals(Object other) {
			return other instanceof WithoutTests;
		}

		@Override
		public int hashCode() {
			return WithoutTests.class.hashCode();
		}

	}

}
