package io.surveycoder.jobs.chaos;

import java.util.ArrayList;
import java.util.List;

import tools.jackson.databind.JsonNode;

/**
 * All that was sent and answered under one idempotency key.
 */
final class SubmissionHistory {

	final PlannedSubmission planned;

	private final List<Call> calls = new ArrayList<>();

	private final List<Acknowledgement> acknowledgements = new ArrayList<>();

	SubmissionHistory(PlannedSubmission planned) {
		this.planned = planned;
	}

	/**
	 * Notes a call.
	 * @return the ids of the jobs that it was answered
	 */
	synchronized List<String> add(String client, Reply reply) {
		this.calls.add(new Call(reply, client, Verb.SUBMIT, null,
				this.planned.key + " with " + this.planned.jobs.size() + " jobs", reply.replayed() ? "replay" : ""));
		if (reply.status() != 201) {
			return List.of();
		}
		JsonNode data = reply.data();
		List<String> ids = (data.isArray() ? data.valueStream() : java.util.stream.Stream.of(data))
			.map((job) -> job.get("id").stringValue())
			.toList();
		this.acknowledgements.add(new Acknowledgement(reply, ids));
		return ids;
	}

	synchronized boolean isAcknowledged() {
		return !this.acknowledgements.isEmpty();
	}

	/**
	 * What was answered with success, in the order in which it was read.
	 */
	synchronized List<Acknowledgement> acknowledgements() {
		return List.copyOf(this.acknowledgements);
	}

	synchronized List<Call> lines() {
		return List.copyOf(this.calls);
	}

	/**
	 * A success.
	 *
	 * @param ids of the jobs, in the order given
	 */
	record Acknowledgement(Reply reply, List<String> ids) {
	}

}
