package io.surveycoder.jobs.job.poll;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.Api.Tenant;
import io.surveycoder.jobs.testing.Events;
import io.surveycoder.jobs.testing.Events.Event;
import io.surveycoder.jobs.testing.JobRows;
import io.surveycoder.jobs.testing.SecondService;
import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code Accept: text/event-stream} for the list (contract §4).
 */
@ServiceTest
class ListStreamApiTests {

	private static final String PROGRESS = "processed = processed + 1, updated_at = job_next_update(updated_at)";

	private static final String PROCESSING = "status = 'processing', lease_token = gen_random_uuid(), "
			+ "lease_seconds = 60, lease_expires_at = now() + interval '1 minute', "
			+ "updated_at = job_next_update(updated_at)";

	private static final String COMPLETED = "status = 'completed', processed = total, lease_expires_at = null, "
			+ "result = '{}', updated_at = job_next_update(updated_at)";

	@Autowired
	Api api;

	@Autowired
	JobRows rows;

	@Autowired
	JdbcClient jdbc;

	private Tenant tenant;

	@BeforeEach
	void makeATenant() {
		this.tenant = this.api.tenant();
	}

	@Test
	void showsAllJobsOldestFirstThenEachChange() {
		JobId old = insertAged("1 hour");
		JobId young = insertAged("0");
		this.rows.insert(this.api.tenant().organization());
		try (Events events = open("", null)) {
			assertThat(events.header("Content-Type")).isEqualTo("text/event-stream");
			assertThat(ids(events.next(2))).containsExactly(old.value(), young.value());
			this.rows.set(young, PROCESSING);
			Event processing = events.next();
			assertThat(processing.status()).isEqualTo("processing");
			assertThat(processing.data()).isEqualTo(listed(young).toString());
			JsonNode added = this.api.submit(this.tenant, "");
			assertThat(events.next().json()).isEqualTo(added);
			this.rows.set(young, COMPLETED);
			assertThat(events.next().data()).isEqualTo(listed(young).toString()).doesNotContain("result");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "?status=completed", "?type=one_call", "?type=one_call&status=completed" })
	void showsOnlyWhatWasAskedFor(String query) {
		JobId other = insertAged("0");
		JobId asked = this.rows.insert(this.tenant.organization(), "type", "'one_call'", "status", "'completed'",
				"result", "'{}'");
		try (Events events = open(query, null)) {
			assertThat(ids(events.next(1))).containsExactly(asked.value());
			this.rows.set(other, PROCESSING);
			JobId later = this.rows.insert(this.tenant.organization(), "type", "'one_call'", "status", "'completed'",
					"result", "'{}'");
			assertThat(ids(events.next(1))).containsExactly(later.value());
		}
	}

	/**
	 * Read in parts: a client that reads slowly must not make the service hold them all.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "", "?status=queued", "?type=auto_coding" })
	void longBeginningComesInPartsWithNoGapAndNoRepeat(String query) {
		int count = 2 * StreamedJobs.PAGE + 7;
		this.rows.insertMany(this.tenant.organization(), count);
		List<Event> all;
		try (Events events = open(query, null)) {
			all = events.next(count);
			assertThat(ids(all)).isSorted().doesNotHaveDuplicates();
			assertNothingElse(events);
		}
		for (int got : List.of(StreamedJobs.PAGE - 1, StreamedJobs.PAGE, count - 1, count)) {
			try (Events events = open(query, all.get(got - 1).id())) {
				assertThat(ids(events.next(count - got))).isEqualTo(ids(all.subList(got, count)));
				assertNothingElse(events);
			}
		}
	}

	@Test
	void beginsWithAsManyAsWereAskedFor() {
		insertAged("2 hours");
		JobId second = insertAged("1 hour");
		JobId third = insertAged("0");
		try (Events events = open("?limit=2", null)) {
			assertThat(ids(events.next(2))).containsExactly(second.value(), third.value());
		}
	}

	@Test
	void expiredJobIsNotShownToWhoTakesTheStreamUpAgain() {
		JobId living = insertAged("23 hours 59 minutes");
		JobId expired = insertAged("24 hours 1 minute");
		String last;
		try (Events events = open("", null)) {
			last = events.next().id();
		}
		this.rows.set(expired, PROCESSING);
		this.rows.set(living, PROCESSING);
		try (Events events = open("", last)) {
			assertThat(ids(events.next(1))).containsExactly(living.value());
		}
	}

	/**
	 * Whichever event a client has got last, it gets exactly the rest, on another
	 * instance too: of what the stream begins with, of several changes at once, and later
	 * ones.
	 */
	@Test
	void isTakenUpAgainAnywhereWithNoGapAndNoRepeat() {
		List<JobId> jobs = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			jobs.add(insertAged((4 - i) + " hours"));
		}
		List<Event> whole;
		try (Events events = open("", null)) {
			whole = new ArrayList<>(events.next(4));
			this.rows.set(jobs.get(0), PROCESSING);
			whole.add(events.next());
			changeAll();
			whole.addAll(events.next(4));
			this.rows.set(jobs.get(1), COMPLETED);
			whole.add(events.next());
		}
		assertThat(whole.stream().map((event) -> Long.valueOf(event.id().replaceFirst("[/-].*", "")))).isSorted();
		try (SecondService second = SecondService.start()) {
			for (int got = 4; got < whole.size(); got++) {
				Event last = whole.get(got - 1);
				Api instance = (got % 2 == 0) ? this.api : second.api();
				try (Events events = Events.open(instance, "/v2/jobs", this.tenant.key(), last.id())) {
					List<Event> rest = coalesced(whole.subList(got, whole.size()));
					assertThat(versions(events.next(rest.size()))).as("after %s", last).isEqualTo(versions(rest));
					assertNothingElse(events);
				}
			}
			for (int got = 1; got < 4; got++) {
				assertRestOfBeginning(second.api(), whole.subList(0, got));
			}
		}
	}

	// The jobs that it has not are shown as they are now, those that it has only if they
	// changed.
	private void assertRestOfBeginning(Api instance, List<Event> has) {
		Map<String, Event> states = new HashMap<>();
		has.forEach((event) -> states.put(id(event), event));
		try (Events events = Events.open(instance, "/v2/jobs", this.tenant.key(), has.getLast().id())) {
			JsonNode listed = this.api.get("/v2/jobs", this.tenant.key()).data();
			List<String> seen = new ArrayList<>();
			while (!listed.valueStream()
				.allMatch((job) -> states.containsKey(job.get("id").stringValue())
						&& states.get(job.get("id").stringValue()).json().equals(job))) {
				Event event = events.next();
				assertThat(seen).doesNotContain(event.data());
				assertThat(has).doesNotContain(event);
				seen.add(event.data());
				states.put(id(event), event);
			}
			assertNothingElse(events);
		}
	}

	// What is missed together is told together: progress that more progress follows is
	// left out.
	private static List<Event> coalesced(List<Event> events) {
		return IntStream.range(0, events.size())
			.filter((place) -> events.subList(place + 1, events.size())
				.stream()
				.filter((later) -> id(later).equals(id(events.get(place))))
				.findFirst()
				.map((later) -> !later.status().equals(events.get(place).status()))
				.orElse(true))
			.mapToObj(events::get)
			.toList();
	}

	// A job that comes and goes without a trace marks the place.
	private void assertNothingElse(Events events) {
		String id = this.api.submit(this.tenant, "").get("id").stringValue();
		assertThat(id(events.next())).isEqualTo(id);
		this.jdbc.sql("delete from job where id = ?").param(id).update();
		this.jdbc.sql("delete from job_change where id = ?").param(id).update();
	}

	private static String id(Event event) {
		return event.json().get("id").stringValue();
	}

	private void changeAll() {
		this.jdbc
			.sql("update job set " + PROGRESS.replace("processed = processed + 1", "total = total + 1")
					+ " where organization_id = ?")
			.param(this.tenant.organization())
			.update();
	}

	@Test
	void progressIsCoalescedToFourASecond() {
		JobId id = insertAged("0");
		try (Events events = open("", null)) {
			events.next();
			this.rows.set(id, PROCESSING);
			events.next();
			long begin = System.nanoTime();
			int last = 0;
			int shown = 0;
			for (int i = 1; i <= 50; i++) {
				this.rows.set(id, PROGRESS);
			}
			while (last < 50) {
				last = events.next().processed();
				shown++;
			}
			assertThat(shown).isLessThanOrEqualTo(2 + (int) ((System.nanoTime() - begin) / 250_000_000L));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "abc", "1795451925860000", "7421/7400/1/x" })
	void idThatIsNoneOfOursBeginsAnew(String lastEventId) {
		JobId id = insertAged("0");
		try (Events events = open("", lastEventId)) {
			assertThat(ids(events.next(1))).containsExactly(id.value());
		}
	}

	private JobId insertAged(String age) {
		return this.rows.insertAged(this.tenant.organization(), age, "total", "100");
	}

	private JsonNode listed(JobId id) {
		return this.api.get("/v2/jobs", this.tenant.key())
			.data()
			.valueStream()
			.filter((job) -> job.get("id").stringValue().equals(id.value()))
			.findFirst()
			.orElseThrow();
	}

	private static List<String> ids(List<Event> events) {
		return events.stream().map(ListStreamApiTests::id).toList();
	}

	private static List<String> versions(List<Event> events) {
		return events.stream().map((event) -> id(event) + event.json().get("updated_at").stringValue()).toList();
	}

	private Events open(String query, String lastEventId) {
		return Events.open(this.api, "/v2/jobs" + query, this.tenant.key(), lastEventId);
	}

}
