package io.surveycoder.jobs.access;

import io.surveycoder.jobs.access.AccessRules.Area;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.mock.web.MockHttpServletRequest;

import static org.assertj.core.api.Assertions.assertThat;

class AccessRulesTests {

	@ParameterizedTest
	@CsvSource({ "/v2, PUBLIC_API", "/v2/, PUBLIC_API", "/v2/jobs, PUBLIC_API", "/v2/nowhere, PUBLIC_API",
			"//v2/jobs, PUBLIC_API", "/v2;a=b/jobs, PUBLIC_API", "/%762/jobs, PUBLIC_API", "/v%32, PUBLIC_API",
			"/internal/v1/jobs, SERVICE_SIDE", "/internal, SERVICE_SIDE", "/%69nternal/v1, SERVICE_SIDE",
			"/internal;x/v1, SERVICE_SIDE", "/, OPEN", "/health, OPEN", "/v3/api-docs, OPEN", "/v22/jobs, OPEN",
			"/V2/jobs, OPEN", "/swagger-ui.html, OPEN" })
	void keyIsAskedForByTheFirstSegmentHoweverItIsSpelled(String path, Area area) {
		assertThat(AccessRules.areaOf(new MockHttpServletRequest("GET", path))).isEqualTo(area);
	}

}
