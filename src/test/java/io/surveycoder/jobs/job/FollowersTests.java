package io.surveycoder.jobs.job;

import java.util.ArrayList;
import java.util.List;

import io.surveycoder.jobs.job.JobChanges.Following;
import io.surveycoder.jobs.job.JobChanges.Listener;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class FollowersTests {

	private static final JobId JOB = new JobId("job_01a20946356420137ab4b0d4");

	private static final Snapshot NOW = new Snapshot(1, List.of());

	private final Followers followers = new Followers(3, 2);

	@Test
	void oneOrganizationCannotTakeAllPlaces() {
		assertThat(this.followers.takePlace("a")).isTrue();
		Following first = this.followers.ofJob("a", JOB, told(new ArrayList<>()));
		assertThat(this.followers.takePlace("a")).isTrue();
		assertThat(this.followers.hasRoom("a")).isFalse();
		assertThat(this.followers.takePlace("a")).isFalse();
		assertThat(this.followers.takePlace("b")).isTrue();
		assertThat(this.followers.takePlace("c")).isFalse();
		assertThat(this.followers.count()).isEqualTo(3);
		first.close();
		first.close();
		assertThat(this.followers.count()).isEqualTo(2);
		assertThat(this.followers.takePlace("a")).isTrue();
	}

	@Test
	void everybodyIsToldOfTheirsOnly() {
		List<JobChange> ofJob = new ArrayList<>();
		List<JobChange> ofOther = new ArrayList<>();
		List<JobChange> ofOrganization = new ArrayList<>();
		this.followers.ofJob("a", JOB, told(ofJob));
		this.followers.ofJob("b", JOB, told(ofOther));
		this.followers.ofOrganization("a", told(ofOrganization));
		JobChange change = change("a", JOB.value());
		JobChange other = change("a", "job_000000000000000000000000");
		this.followers.tell(List.of(change, other, change("b", "job_000000000000000000000001")), NOW);
		assertThat(ofJob).containsExactly(change);
		assertThat(ofOther).isEmpty();
		assertThat(ofOrganization).containsExactly(change, other);
	}

	@Test
	void oneThatFailsKeepsNobodyFromBeingTold() {
		List<JobChange> told = new ArrayList<>();
		boolean[] missed = { false };
		this.followers.ofJob("a", JOB, new Listener() {

			@Override
			public void changed(List<JobChange> changes, Snapshot to) {
				throw new IllegalStateException("failed on purpose");
			}

			@Override
			public void missed() {
				missed[0] = true;
			}

		});
		this.followers.ofJob("a", JOB, told(told));
		this.followers.tell(List.of(change("a", JOB.value())), NOW);
		assertThat(told).hasSize(1);
		assertThat(missed[0]).isTrue();
	}

	private static JobChange change(String organization, String id) {
		return new JobChange(1, 1, organization, id, "one_call", "queued", 0, 1);
	}

	private static Listener told(List<JobChange> told) {
		return new Listener() {

			@Override
			public void changed(List<JobChange> changes, Snapshot to) {
				told.addAll(changes);
			}

			@Override
			public void missed() {
				throw new AssertionError("nothing was missed");
			}

		};
	}

}
