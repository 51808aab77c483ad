package io.surveycoder.jobs.job.poll;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

import io.surveycoder.jobs.http.JsonBytes.Content;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files in a folder of this process, which only its user can read. They never take more
 * room than is given, those included that are about to be deleted, and beside what slow
 * clients still read of deleted ones. A folder is locked while its process lives; what
 * one that was killed has left behind goes at the next start of another.
 */
final class AnswerFiles implements AutoCloseable {

	/**
	 * Beginning of the folders' names.
	 */
	static final String PREFIX = "jobs-api-results-";

	private static final String LOCK = "lock";

	private static final Logger log = LoggerFactory.getLogger(AnswerFiles.class);

	// A lock is the process's, and to look at a folder of our own would release it.
	private static final Set<Path> ours = ConcurrentHashMap.newKeySet();

	private final Path parent;

	private final long maxBytes;

	private final AtomicLong usedBytes = new AtomicLong();

	private final Queue<Removed> removed = new ConcurrentLinkedQueue<>();

	private @Nullable Folder folder;

	private boolean closed;

	AnswerFiles(Path parent, long maxBytes) {
		this.parent = parent;
		this.maxBytes = maxBytes;
	}

	/**
	 * Writes a file.
	 * @param mostBytes it will have no more
	 * @return null when there is no room for so many now
	 * @throws IOException if the folder or the disk does not take it; nothing is left
	 * then
	 */
	@Nullable AnswerFile write(int mostBytes, Content content) throws IOException {
		if (this.usedBytes.addAndGet(mostBytes) > this.maxBytes) {
			this.usedBytes.addAndGet(-mostBytes);
			return null;
		}
		long size = 0;
		try {
			Path path = Files.createTempFile(folder(), "", ".json");
			try {
				try (OutputStream out = Files.newOutputStream(path)) {
					content.writeTo(out);
				}
				size = Files.size(path);
			}
			catch (Throwable ex) {
				Files.deleteIfExists(path);
				throw ex;
			}
			return new AnswerFile(path, Math.toIntExact(size));
		}
		finally {
			this.usedBytes.addAndGet(size - mostBytes);
		}
	}

	/**
	 * Says that nobody will be given this file any more.
	 */
	void remove(AnswerFile file) {
		this.removed.add(new Removed(file, System.nanoTime()));
	}

	/**
	 * Deletes the files that were removed at least so long ago. Whoever was given one
	 * before may not have opened it yet.
	 */
	void deleteRemoved(Duration ago) {
		long now = System.nanoTime();
		this.removed.removeIf((one) -> now - one.atNanos >= ago.toNanos() && delete(one.file));
	}

	/**
	 * What the files weigh together, in bytes.
	 */
	long usedBytes() {
		return this.usedBytes.get();
	}

	private boolean delete(AnswerFile file) {
		try {
			Files.deleteIfExists(file.path());
			this.usedBytes.addAndGet(-file.length());
			return true;
		}
		catch (IOException ex) {
			// Where an open file cannot be deleted: the next time.
			log.debug("{} stays: {}", file.path(), ex.toString());
			return false;
		}
	}

	// Somebody may have cleaned up meanwhile.
	private synchronized Path folder() throws IOException {
		if (this.closed) {
			throw new IOException("The service is stopping");
		}
		if (this.folder == null || !Files.isDirectory(this.folder.path)) {
			if (this.folder != null) {
				this.folder.lock.close();
			}
			this.folder = Folder.in(this.parent);
		}
		return this.folder.path;
	}

	/**
	 * Deletes the folders whose processes are gone.
	 */
	void deleteLeftOvers() {
		if (this.maxBytes == 0) {
			return;
		}
		try (DirectoryStream<Path> folders = Files.newDirectoryStream(this.parent, PREFIX + "*")) {
			UserPrincipal user = Files.getOwner(folder());
			for (Path one : folders) {
				if (!ours.contains(one) && isOf(user, one)) {
					deleteIfUnlocked(one);
				}
			}
		}
		catch (IOException ex) {
			log.debug("Nothing cleaned up in {}: {}", this.parent, ex.toString());
		}
	}

	// Another user's could become a link to anywhere while we look at it.
	static boolean isOf(UserPrincipal user, Path folder) throws IOException {
		return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
				&& Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(user);
	}

	private static void deleteIfUnlocked(Path folder) {
		try (FileChannel channel = FileChannel.open(folder.resolve(LOCK), StandardOpenOption.WRITE,
				StandardOpenOption.CREATE, LinkOption.NOFOLLOW_LINKS); FileLock lock = channel.tryLock()) {
			if (lock != null) {
				delete(folder);
			}
		}
		catch (IOException | OverlappingFileLockException ex) {
			// Another user's, or another deletes it.
			log.debug("{} stays: {}", folder, ex.toString());
		}
	}

	private static void delete(Path folder) throws IOException {
		try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
			for (Path file : files) {
				Files.deleteIfExists(file);
			}
		}
		Files.deleteIfExists(folder);
	}

	@Override
	public synchronized void close() {
		this.closed = true;
		if (this.folder != null) {
			try (FileChannel _ = this.folder.lock) {
				delete(this.folder.path);
			}
			catch (IOException ex) {
				log.debug("{} stays: {}", this.folder.path, ex.toString());
			}
			ours.remove(this.folder.path);
			this.folder = null;
		}
	}

	/**
	 * A file with a whole answer.
	 *
	 * @param length in bytes
	 */
	record AnswerFile(Path path, int length) {

		/**
		 * Whether it is still there: others may tidy up temporary folders too.
		 */
		boolean isWhole() {
			try {
				return Files.size(this.path) == this.length;
			}
			catch (IOException _) {
				return false;
			}
		}

	}

	private record Removed(AnswerFile file, long atNanos) {
	}

	private record Folder(Path path, FileChannel lock) {

		private static final int TRIES = 3;

		static Folder in(Path parent) throws IOException {
			for (int n = 0; n < TRIES; n++) {
				Path path = Files.createTempDirectory(parent, PREFIX);
				ours.add(path);
				Folder folder = null;
				try {
					folder = lockedOrNull(path);
				}
				finally {
					if (folder == null) {
						discard(path);
					}
				}
				if (folder != null) {
					return folder;
				}
			}
			throw new IOException("No folder of our own in " + parent);
		}

		// Null when another that is starting took it for left behind.
		private static @Nullable Folder lockedOrNull(Path path) throws IOException {
			FileChannel lock = FileChannel.open(path.resolve(LOCK), StandardOpenOption.WRITE,
					StandardOpenOption.CREATE);
			boolean locked = false;
			try {
				locked = lock.tryLock() != null && Files.isDirectory(path);
				return locked ? new Folder(path, lock) : null;
			}
			finally {
				if (!locked) {
					lock.close();
				}
			}
		}

		private static void discard(Path path) {
			ours.remove(path);
			try {
				AnswerFiles.delete(path);
			}
			catch (IOException ex) {
				log.debug("{} stays: {}", path, ex.toString());
			}
		}

	}

}
