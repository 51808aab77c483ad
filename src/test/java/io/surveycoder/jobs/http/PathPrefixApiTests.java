package io.surveycoder.jobs.http;

import io.surveycoder.jobs.testing.Answer;
import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.Api.Tenant;
import io.surveycoder.jobs.testing.SecondService;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A service that is set to have all its paths under another.
 */
class PathPrefixApiTests {

	@Test
	void apiIsUnderThePrefixAndAsksForKeysThere() {
		try (SecondService service = SecondService.start("--server.servlet.context-path=/context",
				"--spring.mvc.servlet.path=/servlet")) {
			Api root = service.api();
			Api api = new Api(root.base() + "/context/servlet");
			Tenant tenant = api.tenant();
			api.submit(tenant, "");
			Answer submitted = api.post("/internal/v1/jobs",
					"{\"organization_id\":\"" + tenant.organization() + "\",\"type\":\"one_call\"}");
			assertThat(root.get(submitted.header("Location"), tenant.key()).status()).isEqualTo(200);

			Answer first = api.get("/v2/jobs?limit=1", tenant.key());
			assertThat(first.status()).isEqualTo(200);
			String next = first.header("Link").replaceFirst("<(.*)>.*", "$1");
			assertThat(next).startsWith("/context/servlet/v2/jobs?");
			assertThat(root.get(next, tenant.key()).status()).isEqualTo(200);

			assertThat(api.get("/v2/jobs", null).status()).isEqualTo(401);
			assertThat(api.get("/v2/nowhere", null).status()).isEqualTo(401);
			assertThat(api.get("/v2/jobs", Api.ADMIN_KEY).status()).isEqualTo(403);
		}
	}

}
