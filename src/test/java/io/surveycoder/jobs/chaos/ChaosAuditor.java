package io.surveycoder.jobs.chaos;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.surveycoder.jobs.testing.Api.Tenant;

/**
 * Looks after the jobs that were acknowledged, with the keys of those whose they are.
 */
final class ChaosAuditor {

	static final String NAME = "auditor";

	// Of the jobs whose completion can be repeated instead, one of so many is polled.
	private static final int POLLED_ONE_OF = 20;

	private static final int REPEATED_AT_ONCE = 1000;

	private static final int POLLED_AT_ONCE = 20;

	private final ClientLog log;

	private final Map<String, Tenant> jobs = new HashMap<>();

	private final Deque<String> unfinished = new ArrayDeque<>();

	/**
	 * Makes one, once all is submitted.
	 */
	ChaosAuditor(ClientLog log) {
		this.log = log;
		log.submissions().forEach((submission) -> {
			List<String> ids = submission.acknowledgements().getFirst().ids();
			for (int i = 0; i < ids.size(); i++) {
				this.jobs.put(ids.get(i), submission.planned.jobs.get(i).tenant());
			}
		});
		this.unfinished.addAll(this.jobs.keySet());
	}

	/**
	 * Polls some of the jobs that nobody was told to be finished.
	 * @return whether there are none left
	 */
	boolean areAllFinished(Caller caller) {
		this.unfinished.removeIf(this.log::isFinished);
		for (int i = Math.min(POLLED_AT_ONCE, this.unfinished.size()); i > 0; i--) {
			String id = this.unfinished.remove();
			poll(List.of(id), caller);
			this.unfinished.add(id);
		}
		return this.unfinished.isEmpty();
	}

	/**
	 * Polls jobs that some worker was told to be finished: of the completed ones some, of
	 * the failed ones all.
	 */
	void pollFinished(int part, int parts, Caller caller) {
		List<String> ids = ids(part, parts).filter(this.log::isFinished).toList();
		List<String> completed = ids.stream().filter((id) -> this.log.job(id).completion().isPresent()).toList();
		poll(ids.stream().filter((id) -> this.log.job(id).completion().isEmpty()).toList(), caller);
		poll(IntStream.range(0, completed.size() / POLLED_ONE_OF)
			.mapToObj((i) -> completed.get(i * POLLED_ONE_OF))
			.toList(), caller);
	}

	/**
	 * Makes sure of how each job ended. To repeat a completion under its token is to ask
	 * whether the job was completed under that very token and with that very result, of a
	 * thousand jobs at once; the others are polled.
	 */
	void audit(int part, int parts, Caller caller) {
		poll(ids(part, parts)
			.filter((id) -> this.log.job(id).completion().isEmpty() && !this.log.job(id).isPolledFinal())
			.toList(), caller);
		List<Call> completed = ids(part, parts).flatMap((id) -> this.log.job(id).completion().stream()).toList();
		for (int i = 0; i < completed.size(); i += REPEATED_AT_ONCE) {
			repeat(completed.subList(i, Math.min(i + REPEATED_AT_ONCE, completed.size())), caller);
		}
	}

	private Stream<String> ids(int part, int parts) {
		return this.jobs.keySet().stream().filter((id) -> Math.floorMod(id.hashCode(), parts) == part);
	}

	private void poll(List<String> ids, Caller caller) {
		for (String id : ids) {
			Reply reply = caller.get("/v2/jobs/" + id, this.jobs.get(id).key());
			if (reply.status() != 200) {
				throw new AssertionError("Job " + id + " was acknowledged, and is answered with " + reply);
			}
			this.log.polled(NAME, this.log.job(id), reply);
		}
	}

	private void repeat(List<Call> completed, Caller caller) {
		BatchCompletion batch = new BatchCompletion(NAME, completed.stream().map(Call::lease).toList(),
				completed.stream().map(Call::said).toList());
		Reply reply;
		do {
			reply = caller.post("/internal/v1/jobs/complete", batch.body(), 1);
			batch.note(reply, this.log);
		}
		while (!reply.isDefinite());
	}

}
