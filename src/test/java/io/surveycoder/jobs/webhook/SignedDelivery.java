package io.surveycoder.jobs.webhook;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * A delivery as the service signs it, or with something changed since.
 *
 * @param standard its {@code webhook-signature}; empty: it has none
 * @param documented its {@code X-Signature}; empty: it has none
 */
record SignedDelivery(String id, String timestamp, String body, String standard, String documented) {

	/**
	 * Signs one about a job. Its body is not as a JSON library would write it.
	 */
	static SignedDelivery of(String job, WebhookSecret secret, long secondsFromNow) {
		String id = "whd_of_" + job;
		long timestamp = Instant.now().getEpochSecond() + secondsFromNow;
		String body = "{\"event\":\"job.completed\",  \"job_id\":\"" + job + "\",\"project\":\"Schönes\",\"n\":1.0}";
		byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
		return new SignedDelivery(id, Long.toString(timestamp), body, secret.standardSignature(id, timestamp, bytes),
				secret.signature(bytes));
	}

	SignedDelivery withId(String other) {
		return new SignedDelivery(other, this.timestamp, this.body, this.standard, this.documented);
	}

	SignedDelivery withTimestamp(String other) {
		return new SignedDelivery(this.id, other, this.body, this.standard, this.documented);
	}

	SignedDelivery withBody(String other) {
		return new SignedDelivery(this.id, this.timestamp, other, this.standard, this.documented);
	}

	SignedDelivery withStandard(String other) {
		return new SignedDelivery(this.id, this.timestamp, this.body, other, this.documented);
	}

	SignedDelivery withDocumented(String other) {
		return new SignedDelivery(this.id, this.timestamp, this.body, this.standard, other);
	}

	HttpRequest to(URI url) {
		HttpRequest.Builder request = HttpRequest.newBuilder(url)
			.version(HttpClient.Version.HTTP_1_1)
			.header("Content-Type", "application/json")
			.header("webhook-id", this.id)
			.header("webhook-timestamp", this.timestamp);
		if (!this.standard.isEmpty()) {
			request.header("webhook-signature", this.standard);
		}
		if (!this.documented.isEmpty()) {
			request.header("X-Signature", this.documented);
		}
		return request.POST(BodyPublishers.ofString(this.body)).build();
	}

}
