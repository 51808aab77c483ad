package io.surveycoder.jobs.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What runs the examples: a command, or nothing where it is not installed.
 */
public final class Interpreters {

	private Interpreters() {
	}

	/**
	 * Python 3.9 or newer.
	 */
	public static List<String> python(Path file) throws InterruptedException, IOException {
		return answers("python3", "-c", "import sys; sys.exit(sys.version_info < (3, 9))") != null
				? List.of("python3", file.toString()) : List.of();
	}

	/**
	 * Node itself where it can, else what the examples' README names for older ones. Of
	 * {@code npx} only the download is used: it does not pass signals on.
	 */
	public static List<String> typescript(Path file) throws InterruptedException, IOException {
		String version = answers("node", "--version");
		Matcher numbers = Pattern.compile("v(\\d+)\\.(\\d+)\\..*").matcher((version != null) ? version : "");
		if (numbers.matches()
				&& Integer.parseInt(numbers.group(1)) * 100 + Integer.parseInt(numbers.group(2)) >= 22_18) {
			return List.of("node", file.toString());
		}
		String tsx = answers("npx", "--yes", "--prefer-offline", "--fetch-retries=0", "--package=tsx@4.23.15",
				"--call=command -v tsx");
		return (tsx != null) ? List.of(tsx, file.toString()) : List.of();
	}

	/**
	 * A single file of Java 17, as it is; this JVM runs it.
	 */
	public static List<String> java(Path file) {
		return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
				"--source", "17", file.toString());
	}

	/**
	 * A single file of Go, built into this folder. The first time takes a minute: the
	 * standard library is compiled too.
	 */
	public static List<String> go(Path file, Path folder) throws InterruptedException, IOException {
		if (answers("go", "version") == null) {
			return List.of();
		}
		Path built = folder.resolve(file.getFileName() + ".built");
		Process build = new ProcessBuilder("go", "build", "-o", built.toString(), file.toString()).inheritIO().start();
		if (!build.waitFor(3, TimeUnit.MINUTES) || build.exitValue() != 0) {
			build.destroyForcibly();
			throw new AssertionError(file + " is not built");
		}
		return List.of(built.toString());
	}

	/**
	 * What a command prints, null when it fails or is not there.
	 */
	private static String answers(String... command) throws InterruptedException, IOException {
		Path output = Files.createTempFile("answer", ".txt");
		try {
			Process process = new ProcessBuilder(command).redirectOutput(output.toFile()).start();
			if (!process.waitFor(60, TimeUnit.SECONDS)) {
				process.destroyForcibly();
				return null;
			}
			return (process.exitValue() == 0) ? Files.readString(output).strip() : null;
		}
		catch (IOException _) {
			return null;
		}
		finally {
			Files.delete(output);
		}
	}

}
