package io.surveycoder.jobs.webhook;

import java.nio.charset.StandardCharsets;
import java.time.Instant;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class DeliveryBodyTests {

	private static final Instant AT = Instant.parse("2026-05-01T12:34:56.700Z");

	@Test
	void completedJobTellsHowManyResponsesWereCoded() {
		assertThat(text(new DeliveryBody("job.completed", "job_1", AT, 7, null, null, null))).isEqualTo(
				"{\"event\":\"job.completed\",\"job_id\":\"job_1\",\"timestamp\":\"2026-05-01T12:34:56.700Z\",\"result\":{\"responses_coded\":7}}");
	}

	@Test
	void failedJobTellsItsError() {
		assertThat(text(new DeliveryBody("job.failed", "job_1", AT, 3, "E", "a \"quoted\" ä", null))).isEqualTo(
				"{\"event\":\"job.failed\",\"job_id\":\"job_1\",\"timestamp\":\"2026-05-01T12:34:56.700Z\",\"error\":{\"code\":\"E\",\"message\":\"a \\\"quoted\\\" ä\"}}");
	}

	@Test
	void pingTellsNothingMore() {
		assertThat(text(new DeliveryBody("ping", null, AT, null, null, null, null)))
			.isEqualTo("{\"event\":\"ping\",\"timestamp\":\"2026-05-01T12:34:56.700Z\"}");
	}

	@Test
	void metadataIsBesideItInTheOrderGiven() {
		assertThat(text(
				new DeliveryBody("job.completed", "job_1", AT, 0, null, null, "{ \"z\":\"1\", \"a\\u0062\":\"\\n\" }")))
			.isEqualTo(
					"{\"event\":\"job.completed\",\"job_id\":\"job_1\",\"timestamp\":\"2026-05-01T12:34:56.700Z\",\"z\":\"1\",\"ab\":\"\\n\",\"result\":{\"responses_coded\":0}}");
	}

	@Test
	void metadataNeverPassesForWhatTheServiceSays() {
		assertThat(text(new DeliveryBody("job.failed", "job_1", AT, 0, "E", "m",
				"{\"event\":\"x\",\"job_id\":\"x\",\"timestamp\":\"x\",\"result\":\"x\",\"error\":\"x\",\"ok\":\"1\"}")))
			.isEqualTo(
					"{\"event\":\"job.failed\",\"job_id\":\"job_1\",\"timestamp\":\"2026-05-01T12:34:56.700Z\",\"ok\":\"1\",\"error\":{\"code\":\"E\",\"message\":\"m\"}}");
	}

	private static String text(DeliveryBody body) {
		return new String(body.bytes(), StandardCharsets.UTF_8);
	}

}
