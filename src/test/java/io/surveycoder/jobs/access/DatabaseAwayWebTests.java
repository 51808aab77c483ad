package io.surveycoder.jobs.access;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.surveycoder.jobs.testing.ErrorEnvelope;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan.Filter;
import org.springframework.context.annotation.FilterType;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The real filters and the real advice over a connection pool that no database answers.
 */
@WebMvcTest(controllers = DatabaseAwayWebTests.NoController.class,
		includeFilters = @Filter(type = FilterType.REGEX, pattern = "io\\.surveycoder\\.jobs\\."
				+ "(http\\.(ErrorWriter.*|HealthController)|access\\.(Authenticator|KeyUsage)|ratelimit\\.RateLimiter.*)"))
@Import(DatabaseAwayWebTests.NoDatabase.class)
class DatabaseAwayWebTests {

	@Autowired
	MockMvcTester mvc;

	@Test
	void keyThatCannotBeLookedUpIsNotCalledUnauthorized() throws IOException {
		for (String path : new String[] { "/v2/jobs", "/internal/v1/organizations", "/v2/nowhere" }) {
			MvcTestResult answer = this.mvc.get()
				.uri(path)
				.header("x-api-key", "scp_live_0123456789ABCDEFGHIJklmnopqrstuv")
				.exchange();
			assertThat(answer).hasStatus(503).hasHeader("Retry-After", "1");
			assertThat(ErrorEnvelope.checkBody(answer.getResponse().getContentAsString()).get("code").stringValue())
				.isEqualTo("SERVICE_UNAVAILABLE");
		}
	}

	@Test
	void keyThatNeedsNoLookUpIsUnauthorizedStill() {
		assertThat(this.mvc.get().uri("/v2/jobs")).hasStatus(401);
		assertThat(this.mvc.get().uri("/v2/jobs").header("x-api-key", "nonsense")).hasStatus(401);
	}

	@Test
	void healthIsThatOfTheProcess() {
		assertThat(this.mvc.get().uri("/health")).hasStatus(200);
	}

	@RestController
	static class NoController {

	}

	@TestConfiguration(proxyBeanMethods = false)
	static class NoDatabase {

		@Bean
		HikariDataSource dataSource() throws IOException {
			HikariDataSource pool = new HikariDataSource();
			try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
				pool.setJdbcUrl("jdbc:postgresql://127.0.0.1:" + closed.getLocalPort() + "/jobs");
			}
			pool.setConnectionTimeout(250);
			pool.setInitializationFailTimeout(-1);
			return pool;
		}

		@Bean
		JdbcTemplate jdbcTemplate(DataSource dataSource) {
			return new JdbcTemplate(dataSource, true);
		}

		@Bean
		JdbcClient jdbcClient(JdbcTemplate jdbcTemplate) {
			return JdbcClient.create(jdbcTemplate);
		}

	}

}
