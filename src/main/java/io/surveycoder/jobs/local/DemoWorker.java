package io.surveycoder.jobs.local;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/**
 * A worker as anybody could write it: claims a job, reports progress, completes or fails
 * it. The work itself is made up; a job whose payload says {@code "outcome":"fails"}
 * fails.
 */
final class DemoWorker {

	private static final Logger log = LoggerFactory.getLogger(DemoWorker.class);

	// Jobs of type one_call are left to whoever wants to be the worker.
	private static final List<String> TYPES = List.of("codebook_generation", "auto_coding");

	private static final int STEPS = 10;

	private final CountDownLatch stopped = new CountDownLatch(1);

	/**
	 * Works until it is stopped.
	 */
	void run(RestClient service) {
		while (!pause(1000)) {
			try {
				for (JsonNode job : Demo.post(service, "/internal/v1/jobs/claim",
						Map.of("worker", "demo-worker", "types", TYPES))) {
					work(service, job);
				}
			}
			catch (RestClientException ex) {
				// Stopped in the middle of a call, or somebody took the demo's things
				// away.
				log.debug("The demo worker tries again", ex);
			}
		}
	}

	void stop() {
		this.stopped.countDown();
	}

	private void work(RestClient service, JsonNode job) {
		String path = "/internal/v1/jobs/" + job.get("id").stringValue();
		String token = job.get("lease_token").stringValue();
		int total = job.get("total").intValue();
		boolean fails = "fails".equals(job.get("payload").path("outcome").asString(""));
		for (int step = 1; step <= STEPS; step++) {
			if (pause(1000)) {
				Demo.post(service, path + "/release", Map.of("lease_token", token));
				return;
			}
			if (fails && step > STEPS / 2) {
				Demo.post(service, path + "/fail", Map.of("lease_token", token, "error",
						Map.of("code", "CODING_FAILED", "message", "The demo was told to fail this one")));
				return;
			}
			Demo.post(service, path + "/progress",
					Map.of("lease_token", token, "processed", (int) ((long) total * step / STEPS)));
		}
		Demo.post(service, path + "/complete",
				Map.of("lease_token", token, "result", Map.of("responses_coded", total)));
	}

	private boolean pause(long millis) {
		try {
			return this.stopped.await(millis, TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException _) {
			return true;
		}
	}

}
