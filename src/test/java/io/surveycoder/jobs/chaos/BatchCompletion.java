package io.surveycoder.jobs.chaos;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import tools.jackson.databind.JsonNode;

/**
 * A completion of many jobs in one call.
 *
 * @param client who makes it
 * @param leases of the jobs
 * @param outcomes of each, in the same order
 */
record BatchCompletion(String client, List<Lease> leases, List<String> outcomes) {

	/**
	 * The result that stands for an outcome.
	 */
	static String result(String outcome) {
		return "{\"outcome\":\"" + outcome + "\"}";
	}

	String body() {
		return IntStream.range(0, this.leases.size())
			.mapToObj((i) -> "{\"id\":\"%s\",\"lease_token\":\"%s\",\"result\":%s}".formatted(this.leases.get(i).job(),
					this.leases.get(i).token(), result(this.outcomes.get(i))))
			.collect(Collectors.joining(",", "{\"jobs\":[", "]}"));
	}

	/**
	 * Notes for each job what became of it.
	 */
	void note(Reply reply, ClientLog log) {
		JsonNode told = (reply.status() == 200) ? reply.data() : null;
		for (int i = 0; i < this.leases.size(); i++) {
			Call call = (told != null) ? entry(reply, i, told.get(i)) : new Call(reply, this.client,
					Verb.COMPLETE_IN_BATCH, this.leases.get(i), this.outcomes.get(i), reply.errorCode());
			if (call.status() == 404) {
				log.unexpected("Entry of " + this.leases.get(i).job() + " was answered " + told.get(i));
			}
			log.worked(call);
		}
	}

	private Call entry(Reply reply, int place, JsonNode told) {
		Lease lease = this.leases.get(place);
		String code = told.at("/error/code").asString("");
		int status = switch (code) {
			case "" -> 200;
			case "INVALID_STATE" -> 409;
			default -> 404;
		};
		if (!told.get("id").stringValue().equals(lease.job())) {
			throw new AssertionError("Entry of " + lease.job() + " was answered with " + told);
		}
		return new Call(reply.sent(), reply.received(), this.client, Verb.COMPLETE_IN_BATCH, lease,
				this.outcomes.get(place), status, (status == 200) ? told.get("status").stringValue() : code);
	}

}
