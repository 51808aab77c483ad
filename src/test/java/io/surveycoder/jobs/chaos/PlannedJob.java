package io.surveycoder.jobs.chaos;

import java.time.Instant;

import io.surveycoder.jobs.testing.Api.Tenant;

/**
 * A job as its submitter means it. Its payload names the submission that it belongs to
 * and its place in it, so that whoever claims it can tell which one it is.
 *
 * @param delayMillis how long after the submission it may be claimed; 0: at once
 */
record PlannedJob(String key, int index, Tenant tenant, String type, int priority, int maxAttempts, int delayMillis) {

	String name() {
		return this.key + "/" + this.index;
	}

	String json(Instant now) {
		String runAt = (this.delayMillis > 0) ? ",\"run_at\":\"" + now.plusMillis(this.delayMillis) + "\"" : "";
		return """
				{"organization_id":"%s","type":"%s","total":10,"priority":%d,"max_attempts":%d%s,\
				"payload":{"name":"%s","max_attempts":%d}}""".formatted(this.tenant.organization(), this.type,
				this.priority, this.maxAttempts, runAt, name(), this.maxAttempts);
	}

}
