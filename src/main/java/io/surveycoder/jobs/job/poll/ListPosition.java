package io.surveycoder.jobs.job.poll;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.Snapshot;

/**
 * Where a client is in the stream of an organization's jobs: the id of an event. Its
 * first number never goes back.
 */
sealed interface ListPosition {

	/**
	 * Has all that is visible in this snapshot.
	 */
	record At(Snapshot told) implements ListPosition {

		@Override
		public String toString() {
			return ListPosition.text(this.told);
		}

	}

	/**
	 * Has all that is visible in one snapshot, and the first of the changes from there to
	 * another.
	 *
	 * @param count how many, of those that are left when they are coalesced
	 */
	record Within(Snapshot from, Snapshot to, int count) implements ListPosition {

		@Override
		public String toString() {
			return ListPosition.text(this.to) + "/" + ListPosition.text(this.from) + "/" + this.count;
		}

	}

	/**
	 * Has the jobs of the beginning up to this one, as they were in this snapshot.
	 */
	record Listing(Snapshot seen, JobId last) implements ListPosition {

		@Override
		public String toString() {
			return ListPosition.text(this.seen) + "/" + this.last.value();
		}

	}

	// Running ids are said as distances, which are short.
	private static String text(Snapshot snapshot) {
		return snapshot.running().isEmpty() ? Long.toString(snapshot.xmax())
				: snapshot.xmax() + "-"
						+ snapshot.running()
							.stream()
							.map((xact) -> Long.toString(snapshot.xmax() - xact))
							.collect(Collectors.joining("."));
	}

	/**
	 * The position that an event's id stands for.
	 * @return empty for what is none
	 */
	static Optional<ListPosition> parse(String id) {
		String[] parts = id.split("/", -1);
		if (parts.length > 3 || !Arrays.stream(parts).allMatch((part) -> Form.PART.matcher(part).matches())) {
			return Optional.empty();
		}
		return switch (parts.length) {
			case 1 -> snapshot(parts[0]).map(At::new);
			case 2 ->
				snapshot(parts[0]).flatMap((seen) -> JobId.parse(parts[1]).map((last) -> new Listing(seen, last)));
			default -> snapshot(parts[0])
				.flatMap((to) -> snapshot(parts[1]).flatMap((from) -> Form.COUNT.matcher(parts[2]).matches()
						? Optional.of(new Within(from, to, Integer.parseInt(parts[2]))) : Optional.empty()));
		};
	}

	private static Optional<Snapshot> snapshot(String text) {
		if (!Form.SNAPSHOT.matcher(text).matches()) {
			return Optional.empty();
		}
		String[] parts = text.split("[-.]");
		long xmax = Long.parseLong(parts[0]);
		List<Long> running = Arrays.stream(parts).skip(1).map((distance) -> xmax - Long.parseLong(distance)).toList();
		boolean ascending = running.equals(running.stream().sorted().distinct().toList());
		return (ascending && (running.isEmpty() || (running.getFirst() > 0 && running.getLast() < xmax)))
				? Optional.of(new Snapshot(xmax, running)) : Optional.empty();
	}

	/**
	 * How the parts are spelled.
	 */
	final class Form {

		private static final Pattern PART = Pattern.compile("[0-9a-z_.-]{1,4000}");

		private static final Pattern SNAPSHOT = Pattern.compile("[1-9][0-9]{0,17}(-[0-9]{1,18}(\\.[0-9]{1,18})*)?");

		private static final Pattern COUNT = Pattern.compile("[0-9]{1,6}");

		private Form() {
		}

	}

}
