package io.surveycoder.jobs.webhook;

import io.surveycoder.jobs.testing.Answer;
import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.Api.Tenant;
import io.surveycoder.jobs.testing.SecondService;
import io.surveycoder.jobs.testing.ServiceTest;
import io.surveycoder.jobs.webhook.Receiver.Request;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * All of it as in production, but for the network: one instance finishes a job, another
 * one delivers it.
 */
@ServiceTest
class SenderApiTests {

	@Autowired
	Api api;

	@Autowired
	JdbcClient jdbc;

	@Test
	void jobFinishedOnOneInstanceIsDeliveredByAnother() {
		this.jdbc.sql("delete from webhook").update();
		try (Receiver receiver = new Receiver();
				SecondService sender = SecondService.start("--jobs.webhooks.allow-http=true",
						"--jobs.webhooks.allowed-networks=127.0.0.0/8")) {
			Tenant tenant = this.api.tenant();
			Answer made = sender.api()
				.send("POST", "/v2/webhooks", tenant.key(), "{\"url\":\"" + receiver.url("/hooks") + "\"}");
			assertThat(made.status()).as(made.toString()).isEqualTo(201);
			JsonNode job = this.api.submit(tenant, ",\"total\":7");
			this.api.work(this.api.claim(job), "complete", ",\"result\":{}");
			await().until(() -> !receiver.requests().isEmpty());
			Request request = receiver.requests().getFirst();
			assertThat(request.text()).contains("\"job_id\":" + job.get("id"));
			WebhookSecret secret = WebhookSecret.of(made.data().get("secret").stringValue());
			assertThat(request.headers()).containsEntry("X-Signature", secret.signature(request.body()));
			String log = "/v2/webhooks/" + made.data().get("id").stringValue() + "/deliveries";
			await().until(() -> "succeeded"
				.equals(this.api.get(log, tenant.key()).data().get(0).get("status").stringValue()));
		}
	}

}
