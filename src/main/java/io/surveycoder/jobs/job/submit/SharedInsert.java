package io.surveycoder.jobs.job.submit;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

import io.surveycoder.jobs.http.RawJson;
import io.surveycoder.jobs.job.JobView;
import io.surveycoder.jobs.job.SharedCalls;

import org.springframework.dao.DataIntegrityViolationException;

/**
 * Lets single submits that come while another is being stored share one statement and one
 * commit.
 */
final class SharedInsert {

	private static final int AT_ONCE = 1;

	private static final int MOST = 100;

	// A hundred of them are small beside one payload of 8 MiB.
	private static final int LONGEST_PAYLOAD = 16 << 10;

	private final Function<List<Submission>, List<JobView>> insert;

	private final SharedCalls<Submission, Optional<JobView>> together = new SharedCalls<>(AT_ONCE, MOST,
			this::storeAll);

	SharedInsert(Function<List<Submission>, List<JobView>> insert) {
		this.insert = insert;
	}

	/**
	 * Stores a job, alone or together with others. Where it is not known whether they
	 * were stored, none is stored once more.
	 */
	JobView store(Submission submission) {
		RawJson payload = submission.payload();
		if (payload != null && payload.text().length() > LONGEST_PAYLOAD) {
			return alone(submission);
		}
		return this.together.answer(submission).orElseGet(() -> alone(submission));
	}

	// Nothing where one of several cannot be stored, so that none was: each finds out for
	// itself.
	private List<Optional<JobView>> storeAll(List<Submission> submissions) {
		try {
			return this.insert.apply(submissions).stream().map(Optional::of).toList();
		}
		catch (DataIntegrityViolationException ex) {
			if (submissions.size() == 1) {
				throw ex;
			}
			return Collections.nCopies(submissions.size(), Optional.empty());
		}
	}

	private JobView alone(Submission submission) {
		return this.insert.apply(List.of(submission)).getFirst();
	}

	/**
	 * How many wait; for tests.
	 */
	int size() {
		return this.together.waiting();
	}

}
