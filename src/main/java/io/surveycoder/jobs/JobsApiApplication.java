package io.surveycoder.jobs;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;

// Its /error page would answer in Boot's own form what ContainerErrors answers in ours.
@SpringBootApplication(exclude = ErrorMvcAutoConfiguration.class)
@ConfigurationPropertiesScan
public class JobsApiApplication {

	public static void main(String[] args) {
		SpringApplication.run(JobsApiApplication.class, args);
	}

}
