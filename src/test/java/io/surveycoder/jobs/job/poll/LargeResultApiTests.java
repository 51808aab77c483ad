package io.surveycoder.jobs.job.poll;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;

import io.surveycoder.jobs.http.RawJson;
import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.testing.Answer;
import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.Api.Tenant;
import io.surveycoder.jobs.testing.JobRows;
import io.surveycoder.jobs.testing.LeanClient;
import io.surveycoder.jobs.testing.Race;
import io.surveycoder.jobs.testing.SecondService;
import io.surveycoder.jobs.testing.ServiceTest;
import io.surveycoder.jobs.testing.Statements;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * A large result is answered as a small one is: the same bytes, headers and rules,
 * whether it comes from a file or straight from the database.
 */
@ServiceTest
class LargeResultApiTests {

	private static final int FIVE_MB = 5_000_000;

	private static final int LARGEST_SMALL = 256 << 10;

	// No multiple of it is a piece's length, so that pieces end inside characters.
	private static final String MIXED = "x\u00e4\u4e2d\ud83d\ude00\\n\u2028 1.50 ";

	// PostgreSQL compresses the one above, and this one not.
	private static final String RANDOM = new Random(1).ints(20_000, '0', 'Z')
		.filter(Character::isLetterOrDigit)
		.collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
		.toString();

	@Autowired
	Api api;

	@Autowired
	JobRows rows;

	@Autowired
	Statements statements;

	@Autowired
	LargeResults large;

	@Autowired
	JdbcClient jdbc;

	private Tenant tenant;

	@BeforeEach
	void makeATenant() {
		this.tenant = this.api.tenant();
	}

	@ParameterizedTest
	@ValueSource(ints = { LARGEST_SMALL, LARGEST_SMALL + 1, FIVE_MB, RawJson.MAX_BYTES })
	void resultIsSentToTheByteFromWhereverItComes(int bytes) {
		for (String text : List.of(MIXED, RANDOM)) {
			Answer done = complete(result(text, bytes));
			String path = "/v2/jobs/" + done.data().get("id").stringValue();
			for (int n = 0; n < 3; n++) {
				Answer read = this.api.get(path, this.tenant.key());
				assertThat(read.status()).isEqualTo(200);
				assertThat(read.body().equals(done.body())).isTrue();
				assertThat(read.header("Content-Length"))
					.isEqualTo(String.valueOf(done.body().getBytes(StandardCharsets.UTF_8).length));
			}
		}
	}

	@Test
	void headersAreThoseOfASmallResult() {
		Answer small = this.api.get(path(insert(10)), this.tenant.key());
		JobId id = insert(FIVE_MB);
		for (String method : List.of("GET", "GET", "HEAD")) {
			Answer read = this.api.send(method, path(id), this.tenant.key(), null);
			assertThat(read.response().headers().map().keySet()).isEqualTo(small.response().headers().map().keySet());
			assertThat(read.header("Content-Type")).isEqualTo("application/json");
			int length = Integer.parseInt(read.header("Content-Length"));
			assertThat(length).isGreaterThan(FIVE_MB);
			assertThat(read.body().length()).isEqualTo(method.equals("HEAD") ? 0 : length);
		}
	}

	@Test
	void thirtyTwoReadersAtOnceGetTheSameAndItIsReadOnce() {
		JobId id = insert(FIVE_MB);
		byte[] request = get(id);
		Callable<Long> reader = () -> {
			try (LeanClient client = new LeanClient(this.api)) {
				assertThat(client.exchange(request)).isEqualTo(200);
				return client.checksum();
			}
		};
		List<Callable<Long>> readers = Collections.nCopies(32, reader);
		assertThat(this.statements.during(() -> assertThat(Race.of(readers)).hasSize(32)
			.containsOnly(LeanClient.checksum(this.api.get(path(id), this.tenant.key()).body()))))
			.filteredOn((statement) -> statement.equals(ResultPieces.PIECES.strip()))
			.hasSize(1);
		assertThat(this.statements.during(() -> {
			for (int n = 0; n < 3; n++) {
				this.api.get(path(id), this.tenant.key());
			}
		})).noneMatch((statement) -> statement.contains("from job"));
	}

	@Test
	void largeResultIsOnlyForItsOrganization() {
		JobId id = insert(FIVE_MB);
		assertThat(this.api.get(path(id), this.tenant.key()).status()).isEqualTo(200);
		assertThat(this.api.get(path(id), this.api.tenant().key()).status()).isEqualTo(404);
	}

	@Test
	void listDoesNotLookAtLargeResults() {
		insert(FIVE_MB);
		assertThat(this.api.get("/v2/jobs", this.tenant.key()).body()).hasSizeLessThan(1000);
	}

	@Test
	void answerThatIsBeingSentIsNotCutWhenItsFileGoes() throws IOException {
		JobId id = insert(RawJson.MAX_BYTES);
		String whole = this.api.get(path(id), this.tenant.key()).body();
		try (LeanClient slow = LeanClient.slow(this.api)) {
			slow.send(get(id));
			slow.readHead();
			// Tomcat opens the file only after it has sent the head.
			slow.awaitBody();
			this.large.forget();
			this.large.sweep(Duration.ZERO);
			assertThat(this.large.usedBytes()).isZero();
			assertThat(slow.readBody()).isEqualTo(LeanClient.checksum(whole));
		}
		assertThat(this.api.get(path(id), this.tenant.key()).body().equals(whole)).isTrue();
	}

	@Test
	void fileThatSomebodyDeletedIsWrittenAgain() throws IOException {
		JobId id = insert(FIVE_MB);
		String whole = this.api.get(path(id), this.tenant.key()).body();
		Files.delete(Objects.requireNonNull(this.large.file(this.tenant.organization(), id)));
		assertThat(this.api.get(path(id), this.tenant.key()).body().equals(whole)).isTrue();
	}

	@Test
	void clientThatVanishesHarmsNobody() throws IOException {
		JobId id = insert(RawJson.MAX_BYTES);
		for (int n = 0; n < 8; n++) {
			LeanClient gone = LeanClient.slow(this.api);
			gone.send(get(id));
			gone.readHead();
			gone.vanish();
		}
		assertThat(this.api.get(path(id), this.tenant.key()).body()).hasSizeGreaterThan(RawJson.MAX_BYTES);
	}

	@Test
	void connectionServesTheNextRequestAfterAFile() throws IOException {
		JobId id = insert(FIVE_MB);
		try (LeanClient client = new LeanClient(this.api)) {
			client.exchange(get(id));
			long checksum = client.checksum();
			for (int n = 0; n < 3; n++) {
				assertThat(client.exchange(LeanClient.request("GET", "/health", null, null))).isEqualTo(200);
				assertThat(client.exchange(get(id))).isEqualTo(200);
				assertThat(client.checksum()).isEqualTo(checksum);
			}
		}
	}

	@Test
	void withoutAFolderTheResultComesFromTheDatabase(@TempDir Path folder) throws IOException {
		Answer done = complete(result(MIXED, FIVE_MB));
		String length = String.valueOf(done.body().getBytes(StandardCharsets.UTF_8).length);
		JobId id = new JobId(done.data().get("id").stringValue());
		try (SecondService service = SecondService
			.start("--jobs.large-results.directory=" + folder.resolve("missing"))) {
			for (int n = 0; n < 2; n++) {
				Answer read = service.api().get(path(id), this.tenant.key());
				assertThat(read.status()).isEqualTo(200);
				assertThat(read.body().equals(done.body())).isTrue();
				assertThat(read.header("Content-Length")).isEqualTo(length);
			}
			Answer head = service.api().send("HEAD", path(id), this.tenant.key(), null);
			assertThat(head.status()).isEqualTo(200);
			assertThat(head.header("Content-Length")).isEqualTo(length);
			// More than any socket's buffers take, and than a client could send.
			JobId vanishing = insert(20_000_000);
			try (LeanClient slow = LeanClient.slow(service.api())) {
				slow.send(get(vanishing));
				slow.readHead();
				assertThat(slow.status()).isEqualTo(200);
				this.jdbc.sql("delete from job where id = ?").param(vanishing.value()).update();
				assertThatThrownBy(slow::readBody).isInstanceOfAny(EOFException.class, SocketException.class);
			}
		}
	}

	private Answer complete(String result) {
		JsonNode claimed = this.api.claim(this.api.submit(this.tenant, ",\"priority\":100"));
		Answer done = this.api.work(claimed, "complete", ",\"result\":" + result);
		assertThat(done.status()).isEqualTo(200);
		return done;
	}

	// Of exactly so many bytes.
	private static String result(String text, int bytes) {
		int length = bytes - "{\"text\":\"\"}".length();
		int size = text.getBytes(StandardCharsets.UTF_8).length;
		return "{\"text\":\"" + text.repeat(length / size) + "x".repeat(length % size) + "\"}";
	}

	private JobId insert(int bytes) {
		return this.rows.insert(this.tenant.organization(), "status", "'completed'", "result",
				"('{\"text\":\"' || repeat('x', " + bytes + ") || '\"}')::json");
	}

	private byte[] get(JobId id) {
		return LeanClient.request("GET", path(id), this.tenant.key(), null);
	}

	private static String path(JobId id) {
		return "/v2/jobs/" + id.value();
	}

}
