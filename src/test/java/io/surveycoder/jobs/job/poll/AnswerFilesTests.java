package io.surveycoder.jobs.job.poll;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import io.surveycoder.jobs.http.JsonBytes.Content;
import io.surveycoder.jobs.job.poll.AnswerFiles.AnswerFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class AnswerFilesTests {

	private static final Content TEXT = (out) -> out.write("{\"a\":1}".getBytes(StandardCharsets.UTF_8));

	@TempDir
	Path parent;

	private AnswerFiles files;

	@BeforeEach
	void open() {
		this.files = new AnswerFiles(this.parent, 1000);
	}

	@AfterEach
	void close() {
		this.files.close();
	}

	@Test
	void fileHoldsWhatWasWrittenAndOnlyItsUserCanReadIt() throws IOException {
		AnswerFile file = write(100);
		assertThat(file.path()).hasContent("{\"a\":1}");
		assertThat(file.length()).isEqualTo(7);
		assertThat(file.isWhole()).isTrue();
		if (Files.getFileStore(this.parent).supportsFileAttributeView("posix")) {
			assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.path())))
				.isEqualTo("rw-------");
			assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.path().getParent())))
				.isEqualTo("rwx------");
		}
	}

	@Test
	void fileStaysForTheGraceAndTakesItsRoomUntilItIsDeleted() throws IOException {
		AnswerFile file = write(100);
		this.files.remove(file);
		this.files.deleteRemoved(Duration.ofHours(1));
		assertThat(file.path()).exists();
		assertThat(this.files.usedBytes()).isEqualTo(7);
		this.files.deleteRemoved(Duration.ZERO);
		assertThat(file.path()).doesNotExist();
		assertThat(this.files.usedBytes()).isZero();
		assertThat(file.isWhole()).isFalse();
	}

	@Test
	void nothingIsWrittenWithoutRoomForTheMostThatItMayBe() throws IOException {
		write(1000);
		assertThat(this.files.write(994, TEXT)).isNull();
		assertThat(this.files.write(993, TEXT)).isNotNull();
		assertThat(this.files.usedBytes()).isEqualTo(14);
	}

	@Test
	void failedWriteLeavesNothing() throws IOException {
		write(100);
		assertThatThrownBy(() -> this.files.write(100, (out) -> {
			TEXT.writeTo(out);
			throw new IOException("No space left on device");
		})).hasMessage("No space left on device");
		assertThat(this.files.usedBytes()).isEqualTo(7);
		try (Stream<Path> left = Files.list(folders().getFirst())) {
			assertThat(left.filter((file) -> file.toString().endsWith(".json"))).hasSize(1);
		}
	}

	@Test
	void folderThatSomebodyTidiedAwayIsMadeAnew() throws IOException {
		AnswerFile first = write(100);
		try (Stream<Path> all = Files.list(first.path().getParent())) {
			for (Path file : all.toList()) {
				Files.delete(file);
			}
		}
		Files.delete(first.path().getParent());
		assertThat(first.isWhole()).isFalse();
		assertThat(write(100).isWhole()).isTrue();
	}

	@Test
	void missingParentIsAFailureAndNotAFile() {
		try (AnswerFiles nowhere = new AnswerFiles(this.parent.resolve("nowhere"), 1000)) {
			nowhere.deleteLeftOvers();
			assertThatThrownBy(() -> nowhere.write(100, TEXT)).isInstanceOf(IOException.class);
			assertThat(nowhere.usedBytes()).isZero();
		}
	}

	@Test
	void closeDeletesEverything() throws IOException {
		write(100);
		this.files.close();
		assertThat(folders()).isEmpty();
	}

	@Test
	void whatAKilledProcessLeftIsDeletedAndNothingElse() throws IOException {
		AnswerFile own = write(100);
		Path left = Files.createDirectory(this.parent.resolve(AnswerFiles.PREFIX + "left"));
		Files.createFile(left.resolve("lock"));
		Files.createFile(left.resolve("1.json"));
		Path unlocked = Files.createDirectory(this.parent.resolve(AnswerFiles.PREFIX + "unlocked"));
		Path foreign = Files.createDirectory(this.parent.resolve("foreign"));
		Path link = Files.createSymbolicLink(this.parent.resolve(AnswerFiles.PREFIX + "link"), foreign);
		Path kept = Files.createFile(foreign.resolve("1.json"));
		new AnswerFiles(this.parent, 1000).deleteLeftOvers();
		assertThat(left).doesNotExist();
		assertThat(unlocked).doesNotExist();
		assertThat(kept).exists();
		assertThat(link).exists();
		assertThat(own.isWhole()).isTrue();
	}

	private AnswerFile write(int most) throws IOException {
		return Objects.requireNonNull(this.files.write(most, TEXT));
	}

	private List<Path> folders() throws IOException {
		try (Stream<Path> folders = Files.list(this.parent)) {
			return folders.toList();
		}
	}

}
