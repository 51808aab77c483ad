package io.surveycoder.jobs.start;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;
import org.springframework.util.StringUtils;

/**
 * Stops the start at once when no database is given, instead of after everything else was
 * built. Comes after the local database, which gives one.
 */
@Component
class DatabaseRequired implements BeanFactoryPostProcessor, Ordered {

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
		Environment environment = beans.getBean(Environment.class);
		if (!StringUtils.hasText(environment.getProperty("spring.datasource.url"))) {
			throw new StartFailure("No database is configured: SPRING_DATASOURCE_URL is not set.", """
					Set the three settings of a PostgreSQL database, for example

					    SPRING_DATASOURCE_URL=jdbc:postgresql://localhost:5432/jobs
					    SPRING_DATASOURCE_USERNAME=jobs
					    SPRING_DATASOURCE_PASSWORD=…

					or, in a clone of the source, run ./mvnw spring-boot:run, which brings its own.""");
		}
	}

	@Override
	public int getOrder() {
		return LOWEST_PRECEDENCE;
	}

}
