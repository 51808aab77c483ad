package io.surveycoder.jobs.webhook;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import io.surveycoder.jobs.testing.Interpreters;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

/**
 * The receivers of {@code examples/webhooks}, run as processes, and what docs/webhooks.md
 * shows of them. One whose interpreter is not installed is skipped.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Commands have other names there")
@Execution(ExecutionMode.CONCURRENT)
class ExampleReceiversTests {

	private static final WebhookSecret SECRET = WebhookSecret.generate();

	private static final WebhookSecret ANOTHER = WebhookSecret.generate();

	private static final String STANDARD = "/";

	private static final String DOCUMENTED = "/x-signature";

	@TempDir
	static Path folder;

	private static final Map<Language, RunningExample> running = new EnumMap<>(Language.class);

	@AfterAll
	static void end() {
		running.values().forEach(RunningExample::close);
		running.clear();
	}

	@ParameterizedTest
	@EnumSource
	@Execution(ExecutionMode.SAME_THREAD)
	void genuineDeliveryIsAcceptedAndWorkedOnce(Language language) throws Exception {
		RunningExample receiver = receiver(language);
		SignedDelivery first = signed("job_1", SECRET, 0);
		assertThat(receiver.post(STANDARD, first)).isEqualTo(204);
		assertThat(receiver.worked()).contains("job.completed", "job_1");
		assertThat(receiver.post(STANDARD, first)).as("repeated").isEqualTo(204);
		SignedDelivery second = signed("job_2", SECRET, 0);
		assertThat(receiver.post(DOCUMENTED, second)).isEqualTo(204);
		assertThat(receiver.worked()).as("not the repeat").contains("job_2");
		assertThat(receiver.post(DOCUMENTED, second)).as("repeated").isEqualTo(204);

		assertThat(receiver.post(STANDARD, signed("job_3", SECRET, -240))).as("on its way for long").isEqualTo(204);
		assertThat(receiver.worked()).as("not the repeat").contains("job_3");
		SignedDelivery third = signed("job_4", SECRET, 0);
		String several = "v1," + "A".repeat(43) + "= v1a,x " + third.standard() + " v1,";
		assertThat(receiver.post(STANDARD, third.withStandard(several))).as("one of several").isEqualTo(204);
		assertThat(receiver.worked()).contains("job_4");
	}

	@ParameterizedTest
	@EnumSource
	@Execution(ExecutionMode.SAME_THREAD)
	void whatIsNotGenuineIsRefused(Language language) throws Exception {
		RunningExample receiver = receiver(language);
		SignedDelivery good = signed("job_5", SECRET, 0);
		for (String family : List.of(STANDARD, DOCUMENTED)) {
			assertThat(receiver.post(family, good.withBody(good.body() + " "))).as("changed body").isEqualTo(401);
			assertThat(receiver.post(family, signed("job_5", ANOTHER, 0))).as("wrong secret").isEqualTo(401);
			assertThat(receiver.post(family, good.withStandard("").withDocumented(""))).as("none").isEqualTo(401);
			assertThat(receiver.post(family,
					good.withStandard(good.standard().substring(0, 20))
						.withDocumented(good.documented().substring(0, 20))))
				.as("part of the signature")
				.isEqualTo(401);
		}
		assertThat(receiver.post(STANDARD, signed("job_5", SECRET, -301))).as("old").isEqualTo(401);
		assertThat(receiver.post(STANDARD, signed("job_5", SECRET, 600))).as("of the future").isEqualTo(401);
		assertThat(receiver.post(STANDARD, good.withTimestamp(good.timestamp() + "x"))).as("no time").isEqualTo(401);
		assertThat(receiver.post(STANDARD, good.withTimestamp(String.valueOf(Long.parseLong(good.timestamp()) - 60))))
			.as("changed timestamp")
			.isEqualTo(401);
		assertThat(receiver.post(STANDARD, good.withId("whd_another"))).as("changed id").isEqualTo(401);

		assertThat(receiver.post(STANDARD, good)).as("after all that").isEqualTo(204);
		assertThat(receiver.worked()).as("nothing before it").contains("job_5");
	}

	private static SignedDelivery signed(String job, WebhookSecret secret, long secondsFromNow) {
		return SignedDelivery.of(job, secret, secondsFromNow);
	}

	private static RunningExample receiver(Language language) throws Exception {
		RunningExample receiver = running.get(language);
		if (receiver == null) {
			receiver = RunningExample.start(language);
			running.put(language, receiver);
		}
		return receiver;
	}

	@ParameterizedTest
	@EnumSource
	@Execution(ExecutionMode.SAME_THREAD)
	void pageShowsWhatTheFileSays(Language language) throws IOException {
		String page = Files.readString(Path.of("docs", "webhooks.md"));
		String file = Files.readString(language.file).replace("\t", "    ");
		List<String> shown = Pattern
			.compile("^```" + language.fence + "\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL)
			.matcher(page)
			.results()
			.map((block) -> block.group(1))
			.toList();
		assertThat(shown).hasSize(1);
		assertThat(shown.getFirst()).contains(language.essential);
		// Inside of a class it is indented once more.
		assertThat(List.of(shown.getFirst(), shown.getFirst().indent(4).replaceAll("(?m) +$", "")))
			.anySatisfy((block) -> assertThat(file).contains(block));
	}

	/**
	 * What the examples are written in.
	 */
	enum Language {

		PYTHON("python", "receiver.py", "compare_digest", "webhook-id", "X-Signature", "TOLERANCE") {
			@Override
			List<String> interpreter() throws Exception {
				return Interpreters.python(this.file);
			}
		},

		TYPESCRIPT("typescript", "receiver.ts", "timingSafeEqual", "webhook-id", "x-signature", "TOLERANCE") {
			@Override
			List<String> interpreter() throws Exception {
				return Interpreters.typescript(this.file);
			}
		},

		JAVA("java", "Receiver.java", "MessageDigest.isEqual", "webhook-id", "X-Signature", "TOLERANCE") {
			@Override
			List<String> interpreter() {
				return Interpreters.java(this.file);
			}
		},

		GO("go", "receiver.go", "hmac.Equal", "webhook-id", "X-Signature", "tolerance") {
			@Override
			List<String> interpreter() throws Exception {
				return Interpreters.go(this.file, folder);
			}
		};

		final String fence;

		final Path file;

		final String[] essential;

		Language(String fence, String file, String... essential) {
			this.fence = fence;
			this.file = Path.of("examples", "webhooks", fence, file).toAbsolutePath();
			this.essential = essential;
		}

		/**
		 * What runs the example; empty when it is not there.
		 */
		abstract List<String> interpreter() throws Exception;

	}

	/**
	 * An example at work.
	 */
	private record RunningExample(Process process, String url, BlockingQueue<String> lines,
			HttpClient http) implements AutoCloseable {

		private static final String GREETING = "listening on ";

		static RunningExample start(Language language) throws Exception {
			List<String> command = language.interpreter();
			assumeFalse(command.isEmpty(), "Not installed");
			ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
			builder.environment().put("PORT", "0");
			builder.environment().put("WEBHOOK_SECRET", SECRET.reveal());
			Process process = builder.start();
			BlockingQueue<String> lines = new ArrayBlockingQueue<>(100);
			Thread.ofVirtual().start(() -> {
				try (BufferedReader output = process.inputReader()) {
					output.lines().forEach(lines::add);
				}
				catch (IOException _) {
					// It was ended.
				}
			});
			String greeting = lines.poll(30, TimeUnit.SECONDS);
			if (greeting == null || !greeting.startsWith(GREETING)) {
				process.destroyForcibly();
				throw new AssertionError("It did not start: " + greeting);
			}
			return new RunningExample(process, greeting.substring(GREETING.length()), lines,
					HttpClient.newHttpClient());
		}

		int post(String path, SignedDelivery delivery) throws IOException, InterruptedException {
			return this.http.send(delivery.to(URI.create(this.url + path)), BodyHandlers.discarding()).statusCode();
		}

		/**
		 * The next that it has worked on.
		 */
		String worked() throws InterruptedException {
			return this.lines.poll(10, TimeUnit.SECONDS);
		}

		@Override
		public void close() {
			this.http.close();
			// What it has started, first: nobody would know it afterwards.
			this.process.descendants().forEach(ProcessHandle::destroyForcibly);
			this.process.destroyForcibly();
		}

	}

}
