package io.surveycoder.jobs.job.submit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.stream.Stream;

import io.surveycoder.jobs.http.RawJson;
import io.surveycoder.jobs.job.JobView;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataIntegrityViolationException;

/**
 * Lets single submits that come while others are being stored share one statement and one
 * commit. Two statements run at a time, each with all that came meanwhile; who finds
 * fewer running waits for nobody. Whoever is at the head of those that wait does it for
 * the others, once.
 */
final class SharedInsert {

	private static final int AT_ONCE = 2;

	private static final int MOST = 100;

	// A hundred of them are small beside one payload of 8 MiB.
	private static final int LONGEST_PAYLOAD = 16 << 10;

	private final Function<List<Submission>, List<JobView>> insert;

	private final Queue<Submit> waiting = new ArrayDeque<>();

	private int running;

	SharedInsert(Function<List<Submission>, List<JobView>> insert) {
		this.insert = insert;
	}

	/**
	 * Stores a job, alone or together with others.
	 */
	JobView store(Submission submission) {
		RawJson payload = submission.payload();
		if (payload != null && payload.text().length() > LONGEST_PAYLOAD) {
			return alone(submission);
		}
		Submit own = new Submit(submission);
		return switch (mustWait(own) ? own.await() : Turn.LEAD) {
			case STORED -> own.job();
			case ALONE -> alone(submission);
			case LEAD -> lead(own);
		};
	}

	private synchronized boolean mustWait(Submit own) {
		if (this.running < AT_ONCE) {
			this.running++;
			return false;
		}
		this.waiting.add(own);
		return true;
	}

	private JobView lead(Submit own) {
		List<Submit> others = takeOthers();
		try {
			List<JobView> jobs = this.insert
				.apply(Stream.concat(Stream.of(own), others.stream()).map(Submit::submission).toList());
			for (int i = 0; i < others.size(); i++) {
				others.get(i).stored(jobs.get(i + 1));
			}
			return jobs.getFirst();
		}
		catch (DataIntegrityViolationException ex) {
			// One of them cannot be stored, so none was: each finds out for itself.
			others.forEach((other) -> other.turn.complete(Turn.ALONE));
			if (others.isEmpty()) {
				throw ex;
			}
		}
		catch (RuntimeException | Error ex) {
			// Whether they were stored is not known: none may be stored once more.
			others.forEach((other) -> other.turn.completeExceptionally(ex));
			throw ex;
		}
		finally {
			handOn();
		}
		return alone(own.submission);
	}

	private synchronized List<Submit> takeOthers() {
		List<Submit> others = new ArrayList<>();
		while (others.size() < MOST - 1 && !this.waiting.isEmpty()) {
			others.add(this.waiting.remove());
		}
		return others;
	}

	private synchronized void handOn() {
		Submit next = this.waiting.poll();
		if (next != null) {
			next.turn.complete(Turn.LEAD);
		}
		else {
			this.running--;
		}
	}

	/**
	 * How many wait; for tests.
	 */
	synchronized int size() {
		return this.waiting.size();
	}

	private JobView alone(Submission submission) {
		return this.insert.apply(List.of(submission)).getFirst();
	}

	private enum Turn {

		/** Another has stored it. */
		STORED,

		/** It must be stored on its own. */
		ALONE,

		/** It is its turn, together with those that wait. */
		LEAD

	}

	private static final class Submit {

		private final Submission submission;

		private final CompletableFuture<Turn> turn = new CompletableFuture<>();

		private volatile @Nullable JobView job;

		Submit(Submission submission) {
			this.submission = submission;
		}

		Submission submission() {
			return this.submission;
		}

		void stored(JobView job) {
			this.job = job;
			this.turn.complete(Turn.STORED);
		}

		JobView job() {
			return Objects.requireNonNull(this.job);
		}

		Turn await() {
			try {
				return this.turn.join();
			}
			catch (CompletionException ex) {
				throw (ex.getCause() instanceof RuntimeException cause) ? cause : ex;
			}
		}

	}

}
