package io.surveycoder.jobs.job.poll;

import java.util.List;

import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.Snapshot;
import io.surveycoder.jobs.job.poll.ListPosition.At;
import io.surveycoder.jobs.job.poll.ListPosition.Listing;
import io.surveycoder.jobs.job.poll.ListPosition.Within;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ListPositionTests {

	private static final Snapshot QUIET = new Snapshot(7421, List.of());

	private static final Snapshot BUSY = new Snapshot(7425, List.of(7421L, 7424L));

	@Test
	void isSpelledAndReadAgain() {
		assertSpelled(new At(QUIET), "7421");
		assertSpelled(new At(BUSY), "7425-4.1");
		assertSpelled(new Within(QUIET, BUSY, 3), "7425-4.1/7421/3");
		assertSpelled(new Listing(BUSY, new JobId("job_01a20946356420137ab4b0d4")),
				"7425-4.1/job_01a20946356420137ab4b0d4");
	}

	private static void assertSpelled(ListPosition position, String text) {
		assertThat(position).hasToString(text);
		assertThat(ListPosition.parse(text)).contains(position);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "0", "-1", "abc", "7425-", "7425-0", "7425-7425", "7425-1.4", "7425-4.4", "7425-4..1",
			"7425/", "7425/job_1", "7425/7421", "7425/7421/x", "7425/7421/-1", "7425/7421/1/1", "7425/7421/9999999",
			"99999999999999999999", "7425;drop table job", "7425:7425:" })
	void whatIsNoneIsNotRead(String text) {
		assertThat(ListPosition.parse(text)).isEmpty();
	}

}
