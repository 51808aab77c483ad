package io.surveycoder.jobs.job.work;

import io.surveycoder.jobs.testing.Answer;
import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.Api.Tenant;
import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;

@ServiceTest
class LifecycleApiTests {

	@Autowired
	Api api;

	@Test
	void jobGoesFromSubmitToResult() {
		Tenant tenant = this.api.tenant();
		JsonNode job = this.api.submit(tenant, ",\"total\":3,\"payload\":{\"b\":1.0,\"a\":2}");
		assertThat(job.get("status").stringValue()).isEqualTo("queued");
		JsonNode claimed = this.api.claim(job);
		assertThat(claimed.get("payload").toString()).isEqualTo("{\"b\":1.0,\"a\":2}");
		assertThat(this.api.work(claimed, "progress", ",\"processed\":2").status()).isEqualTo(200);
		Answer done = this.api.work(claimed, "complete", ",\"result\":{\"n\":1e2, \"z\":0}");
		assertThat(done.status()).isEqualTo(200);
		Answer read = this.api.get("/v2/jobs/" + job.get("id").stringValue(), tenant.key());
		assertThat(read.body()).isEqualTo(done.body()).contains("\"result\":{\"n\":1e2, \"z\":0}");
		assertThat(read.data().at("/progress/percentage").intValue()).isEqualTo(100);
	}

}
