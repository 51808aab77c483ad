package io.surveycoder.jobs.job;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SnapshotTests {

	@Test
	void seesWhatHadEnded() {
		Snapshot snapshot = Snapshot.parse("10:20:10,14");
		assertThat(snapshot).isEqualTo(new Snapshot(20, List.of(10L, 14L))).hasToString("10:20:10,14");
		assertThat(List.of(9L, 11L, 19L)).allMatch(snapshot::sees);
		assertThat(List.of(10L, 14L, 20L, 21L)).noneMatch(snapshot::sees);
	}

	@Test
	void isSpelledWithoutAnyThatRun() {
		assertThat(Snapshot.parse("20:20:")).isEqualTo(new Snapshot(20, List.of())).hasToString("20:20:");
	}

}
