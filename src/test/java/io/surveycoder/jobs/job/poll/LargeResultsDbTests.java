package io.surveycoder.jobs.job.poll;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.surveycoder.jobs.http.ApiException;
import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.poll.JobReads.FoundJob;
import io.surveycoder.jobs.testing.JobRows;
import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * When a file is written, how long it is given out, and when it goes.
 */
@ServiceTest
class LargeResultsDbTests {

	private static final byte[] HEAD = "{\"success\":true,\"data\":{\"result\":".getBytes(StandardCharsets.UTF_8);

	private static final int FIVE_MB = 5_000_000;

	private static final long VERSION = 7;

	@Autowired
	ResultPieces pieces;

	@Autowired
	JobRows rows;

	@TempDir
	Path folder;

	private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

	private final String organization = JobRows.organization();

	private LargeResults large;

	@BeforeEach
	void open() {
		this.large = new LargeResults(this.pieces, new LargeResultsSettings(DataSize.ofMegabytes(20), this.folder),
				this.meters);
	}

	@AfterEach
	void close() {
		this.large.close();
		assertThat(this.folder).isEmptyDirectory();
	}

	@Test
	void answerIsWrittenOnceAndGivenOutUntilTheJobExpires() {
		JobId id = insert();
		assertThat(this.large.known(this.organization, id)).isNull();
		int length = read(id, Duration.ofHours(1));
		assertThat(length).isEqualTo(HEAD.length + FIVE_MB + 2);
		assertThat(Objects.requireNonNull(this.large.file(this.organization, id)).toFile()).hasSize(length);
		assertThat(Objects.requireNonNull(this.large.known(this.organization, id)).version()).isEqualTo(VERSION);
		assertThat(this.large.usedBytes()).isEqualTo(length);
		assertThat(this.large.known(JobRows.organization(), id)).isNull();
	}

	@Test
	void expiredAnswerIsNotGivenOutAndItsFileGoes() {
		JobId id = insert();
		read(id, Duration.ofNanos(-1));
		assertThat(this.large.known(this.organization, id)).isNull();
		this.large.sweep(Duration.ofHours(1));
		assertThat(this.large.usedBytes()).isEqualTo(HEAD.length + FIVE_MB + 2);
		this.large.sweep(Duration.ZERO);
		assertThat(this.large.usedBytes()).isZero();
	}

	@Test
	void filesNeverTakeMoreThanTheirRoomAndTheRestComesFromTheDatabase() {
		for (int n = 0; n < 4; n++) {
			read(insert(), Duration.ofHours(1));
			assertThat(this.large.usedBytes()).isLessThan(20 << 20);
		}
		// Three have room, if the most that a result can be fits too when they begin.
		assertThat(streamed()).isEqualTo(1);
		this.large.sweep(Duration.ZERO);
		assertThat(this.large.usedBytes()).isLessThanOrEqualTo(15 << 20);
		this.large.forget();
		this.large.sweep(Duration.ZERO);
		read(insert(), Duration.ofHours(1));
		assertThat(streamed()).isEqualTo(1);
	}

	@Test
	void withoutRoomNoFileIsWritten() throws IOException {
		Path empty = Files.createDirectory(this.folder.resolve("empty"));
		try (LargeResults none = new LargeResults(this.pieces, new LargeResultsSettings(DataSize.ofBytes(0), empty),
				new SimpleMeterRegistry())) {
			JobId id = insert();
			assertThat(none.read(this.organization, id, FoundJob.large(HEAD, VERSION, System.nanoTime())).length())
				.isEqualTo(HEAD.length + FIVE_MB + 2);
			assertThat(none.known(this.organization, id)).isNull();
			assertThat(empty).isEmptyDirectory();
			Files.delete(empty);
		}
	}

	@Test
	void jobThatIsGoneIsNotFoundAndNothingIsLeft() {
		JobId gone = new JobId("job_" + "0".repeat(24));
		assertThatThrownBy(() -> read(gone, Duration.ofHours(1))).isInstanceOf(ApiException.class);
		assertThat(this.large.known(this.organization, gone)).isNull();
		assertThat(this.large.usedBytes()).isZero();
		assertThat(streamed()).isZero();
	}

	@Test
	void expiredJobIsNotRead() {
		JobId expired = this.rows.insertAged(this.organization, "24 hours", "status", "'completed'", "result", "'{}'");
		assertThatThrownBy(() -> read(expired, Duration.ofHours(1))).isInstanceOf(ApiException.class);
		assertThat(this.pieces.piece(this.organization, expired, 0)).isNull();
	}

	private double streamed() {
		return this.meters.get("jobs.large.results.streamed").counter().count();
	}

	private int read(JobId id, Duration left) {
		return this.large.read(this.organization, id, FoundJob.large(HEAD, VERSION, System.nanoTime() + left.toNanos()))
			.length();
	}

	private JobId insert() {
		return this.rows.insert(this.organization, "status", "'completed'", "result",
				"('{\"text\":\"' || repeat('x', " + (FIVE_MB - "{\"text\":\"\"}".length()) + ") || '\"}')::json");
	}

}
