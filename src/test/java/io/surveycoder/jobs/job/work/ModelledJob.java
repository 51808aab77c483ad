package io.surveycoder.jobs.job.work;

import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What the contract says of one job's life, and nothing of how it is done.
 */
final class ModelledJob {

	final String id;

	final String organization;

	final String type;

	final int priority;

	final int maxAttempts;

	int total;

	String status = "queued";

	int attempt;

	int processed;

	boolean deferred;

	/** The token that held it last; null when it was taken away. */
	String token;

	String result;

	String errorCode;

	String errorMessage;

	ModelledJob(String id, String organization, String type, int priority, int maxAttempts, int total) {
		this.id = id;
		this.organization = organization;
		this.type = type;
		this.priority = priority;
		this.maxAttempts = maxAttempts;
		this.total = total;
	}

	boolean isClaimable() {
		return this.status.equals("queued") && !this.deferred;
	}

	boolean isHeldBy(String token) {
		return this.status.equals("processing") && token.equals(this.token);
	}

	private boolean isLastAttempt() {
		return this.attempt >= this.maxAttempts;
	}

	void claim(String token) {
		this.status = "processing";
		this.attempt++;
		this.token = token;
	}

	int progress(String token, int processed, Integer total) {
		if (!isHeldBy(token)) {
			return 409;
		}
		if (processed > ((total != null) ? total : this.total)) {
			return 422;
		}
		this.processed = processed;
		this.total = (total != null) ? total : this.total;
		return 200;
	}

	int complete(String token, String result) {
		if (isHeldBy(token)) {
			this.status = "completed";
			this.processed = this.total;
			this.result = result;
			this.errorCode = null;
			this.errorMessage = null;
			return 200;
		}
		boolean repeated = this.status.equals("completed") && token.equals(this.token) && result.equals(this.result);
		return repeated ? 200 : 409;
	}

	int fail(String token, String code, boolean retry) {
		if (isHeldBy(token)) {
			this.status = (retry && !isLastAttempt()) ? "queued" : "failed";
			this.deferred = this.status.equals("queued");
			this.errorCode = code;
			this.errorMessage = "m";
			return 200;
		}
		boolean sameError = token.equals(this.token) && code.equals(this.errorCode);
		boolean ledHere = this.status.equals("queued") ? retry
				: this.status.equals("failed") && (!retry || isLastAttempt());
		return (sameError && ledHere) ? 200 : 409;
	}

	int release(String token) {
		if (!isHeldBy(token)) {
			return 409;
		}
		this.status = "queued";
		this.attempt--;
		this.token = null;
		return 200;
	}

	int cancel() {
		if (this.status.equals("completed") || this.status.equals("failed")) {
			return 409;
		}
		this.status = "failed";
		this.deferred = false;
		this.errorCode = "CANCELLED";
		this.errorMessage = "Cancelled by the client";
		this.token = null;
		return 200;
	}

	void loseLease() {
		if (this.status.equals("processing")) {
			this.status = isLastAttempt() ? "failed" : "queued";
			this.errorCode = "LEASE_EXPIRED";
			this.errorMessage = "The worker's lease ran out on attempt " + this.attempt + " of " + this.maxAttempts;
			this.token = null;
		}
	}

	/**
	 * The row as the database must hold it.
	 */
	Map<String, String> row() {
		Map<String, String> row = new TreeMap<>();
		row.put("status", this.status);
		row.put("attempt", String.valueOf(this.attempt));
		row.put("progress", this.processed + "/" + this.total);
		row.put("deferred", String.valueOf(this.deferred));
		row.put("leased", String.valueOf(this.status.equals("processing")));
		row.put("token", String.valueOf(this.token));
		row.put("result", String.valueOf(this.result));
		row.put("error", Objects.toString(this.errorCode) + ": " + this.errorMessage);
		return row;
	}

}
