package io.surveycoder.jobs.job.poll;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.cache.CaffeineCacheMetrics;
import io.surveycoder.jobs.http.ApiException;
import io.surveycoder.jobs.http.Envelope;
import io.surveycoder.jobs.http.JsonBytes;
import io.surveycoder.jobs.http.RawJson;
import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.JobView;
import io.surveycoder.jobs.job.poll.AnswerFiles.AnswerFile;
import io.surveycoder.jobs.job.poll.JobReads.FoundJob;
import io.surveycoder.jobs.job.poll.ResultPieces.Piece;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * The answers about completed jobs whose results are too large for memory. The first
 * reader has the whole answer written to a file, piece by piece; all later ones are sent
 * that file, with no statement and without a byte in heap, until the job expires
 * (docs/adr/0018). Where no file can be written, the pieces go to the socket.
 */
@Component
class LargeResults implements AutoCloseable {

	/**
	 * How long a file stays that is not given out any more: Tomcat opens one only after
	 * the request has been handled.
	 */
	static final Duration GRACE = Duration.ofSeconds(10);

	private static final int MOST_BYTES = RawJson.MAX_BYTES + (1 << 10);

	private static final int WRITERS = 4;

	// As long as one waits for a connection.
	private static final long PATIENCE_SECONDS = 3;

	// By then whoever writes has got it, or an error.
	private static final long LONGEST_WRITE_SECONDS = 30;

	private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

	private static final Logger log = LoggerFactory.getLogger(LargeResults.class);

	private final ResultPieces pieces;

	private final AnswerFiles files;

	private final AsyncCache<Key, Answer> answers;

	private final Semaphore writers = new Semaphore(WRITERS);

	private final Counter streamed;

	private volatile long pausedUntilNanos = System.nanoTime();

	LargeResults(ResultPieces pieces, LargeResultsSettings settings, MeterRegistry meters) {
		this.pieces = pieces;
		this.files = new AnswerFiles(settings.parent(), settings.maxSize().toBytes());
		this.files.deleteLeftOvers();
		// A quarter is for files that are being written or about to be deleted.
		this.answers = Caffeine.newBuilder()
			.maximumWeight(settings.maxSize().toBytes() / 4 * 3)
			.weigher((Key _, Answer answer) -> answer.file.length())
			.removalListener((@Nullable Key _, @Nullable Answer answer, RemovalCause _) -> remove(answer))
			.executor(Runnable::run)
			.recordStats()
			.buildAsync();
		CaffeineCacheMetrics.monitor(meters, this.answers, "large-results");
		Gauge.builder("jobs.large.results.disk", this.files, AnswerFiles::usedBytes)
			.description("Disk space of the files with large results, those being written with the most they may take")
			.baseUnit("bytes")
			.register(meters);
		this.streamed = Counter.builder("jobs.large.results.streamed")
			.description("Large results sent from the database, since no file could be written")
			.register(meters);
	}

	/**
	 * A job whose result is known to be large. No file is looked at.
	 * @return null when it is not known here, or may have expired: the database knows
	 */
	@Nullable FoundJob known(String organization, JobId id) {
		CompletableFuture<Answer> known = this.answers.getIfPresent(new Key(organization, id));
		Answer answer = (known != null) ? outcome(known) : null;
		return (answer != null && answer.nanosLeft() > 0) ? answer.job : null;
	}

	/**
	 * The answer about a job whose result is large.
	 */
	JsonBytes<Envelope<JobView>> read(String organization, JobId id, FoundJob job) {
		Key key = new Key(organization, id);
		CompletableFuture<Answer> mine = new CompletableFuture<>();
		CompletableFuture<Answer> first = claim(key, mine);
		if (first == null) {
			try {
				AnswerFile file = write(key, job);
				if (file != null) {
					mine.complete(new Answer(file, job));
				}
			}
			finally {
				// Unless it is complete.
				mine.cancel(false);
			}
		}
		Answer answer = outcome((first != null) ? first : mine);
		return (answer != null) ? answer.json() : stream(key, job);
	}

	// Null when this reader is to write it, for the first time or since the file is gone.
	private @Nullable CompletableFuture<Answer> claim(Key key, CompletableFuture<Answer> mine) {
		CompletableFuture<Answer> first = this.answers.asMap().putIfAbsent(key, mine);
		Answer answer = (first != null) ? outcome(first) : null;
		if (first == null || answer == null || (answer.nanosLeft() > 0 && answer.file.isWhole())) {
			return first;
		}
		this.answers.asMap().remove(key, first);
		return this.answers.asMap().putIfAbsent(key, mine);
	}

	private static @Nullable Answer outcome(CompletableFuture<Answer> answer) {
		try {
			return answer.get(LONGEST_WRITE_SECONDS, TimeUnit.SECONDS);
		}
		catch (CancellationException | ExecutionException _) {
			return null;
		}
		catch (TimeoutException _) {
			throw new CannotGetJdbcConnectionException("A large result is still being read");
		}
		catch (InterruptedException _) {
			Thread.currentThread().interrupt();
			throw new CannotGetJdbcConnectionException("Interrupted while a large result was read");
		}
	}

	private @Nullable AnswerFile write(Key key, FoundJob job) {
		if (System.nanoTime() - this.pausedUntilNanos < 0) {
			return null;
		}
		awaitTurn();
		try {
			return this.files.write(MOST_BYTES, (out) -> {
				out.write(Objects.requireNonNull(job.beforeResult()));
				if (!this.pieces.writeAll(key.organization, key.id, out)) {
					throw ApiException.notFound("Job");
				}
				out.write(JobJson.END);
			});
		}
		catch (IOException ex) {
			this.pausedUntilNanos = System.nanoTime() + PAUSE_NANOS;
			log.warn("Large results are sent from the database for a while, they cannot be written to files: {}",
					ex.toString());
			return null;
		}
		finally {
			this.writers.release();
		}
	}

	private void awaitTurn() {
		try {
			if (this.writers.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
				return;
			}
		}
		catch (InterruptedException _) {
			Thread.currentThread().interrupt();
		}
		throw new CannotGetJdbcConnectionException("No turn to read a large result");
	}

	// A statement for each piece, so that no connection to the database waits for a
	// client.
	private JsonBytes<Envelope<JobView>> stream(Key key, FoundJob job) {
		byte[] beforeResult = Objects.requireNonNull(job.beforeResult());
		this.streamed.increment();
		Piece first = piece(key, 0);
		return JsonBytes.ofPieces(beforeResult.length + first.total() + JobJson.END.length, (out) -> {
			out.write(beforeResult);
			writePieces(key, first, out);
			out.write(JobJson.END);
		});
	}

	private void writePieces(Key key, Piece first, OutputStream out) throws IOException {
		out.write(first.bytes());
		for (int sent = first.bytes().length; sent < first.total();) {
			byte[] next = piece(key, sent).bytes();
			out.write(next);
			sent += next.length;
		}
	}

	private Piece piece(Key key, int position) {
		Piece piece = this.pieces.piece(key.organization, key.id, position);
		if (piece == null) {
			throw ApiException.notFound("Job");
		}
		return piece;
	}

	private void remove(@Nullable Answer answer) {
		if (answer != null) {
			this.files.remove(answer.file);
		}
	}

	/**
	 * Forgets what has expired, and deletes the files that nobody can still be about to
	 * open.
	 */
	@Scheduled(fixedDelay = 5, timeUnit = TimeUnit.SECONDS)
	void sweep() {
		sweep(GRACE);
	}

	void sweep(Duration grace) {
		this.answers.synchronous().asMap().values().removeIf((answer) -> answer.nanosLeft() <= 0);
		this.files.deleteRemoved(grace);
	}

	/**
	 * Gives out no file any more that it has now; for tests.
	 */
	void forget() {
		this.answers.synchronous().invalidateAll();
	}

	/**
	 * Where the answer about a job is; for tests.
	 */
	@Nullable Path file(String organization, JobId id) {
		Answer answer = this.answers.synchronous().getIfPresent(new Key(organization, id));
		return (answer != null) ? answer.file.path() : null;
	}

	/**
	 * What the files weigh, in bytes; for tests.
	 */
	long usedBytes() {
		return this.files.usedBytes();
	}

	@Override
	public void close() {
		this.files.close();
	}

	private record Key(String organization, JobId id) {
	}

	private record Answer(AnswerFile file, FoundJob job) {

		long nanosLeft() {
			return this.job.expiresAtNanos() - System.nanoTime();
		}

		JsonBytes<Envelope<JobView>> json() {
			return JsonBytes.ofFile(this.file.path(), this.file.length());
		}

	}

}
