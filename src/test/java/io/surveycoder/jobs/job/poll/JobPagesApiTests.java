package io.surveycoder.jobs.job.poll;

import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.testing.Answer;
import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.Api.Tenant;
import io.surveycoder.jobs.testing.ErrorEnvelope;
import io.surveycoder.jobs.testing.JobRows;
import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code Link}, {@code cursor} and {@code type} (contract §4).
 */
@ServiceTest
class JobPagesApiTests {

	private static final Pattern NEXT = Pattern.compile("<([^>]+)>; rel=\"next\"");

	private static final String TYPE_OF_N = "(array['codebook_generation', 'auto_coding', 'one_call'])[1 + n % 3]";

	@Autowired
	Api api;

	@Autowired
	JobRows rows;

	private Tenant tenant;

	@BeforeEach
	void makeATenant() {
		this.tenant = this.api.tenant();
	}

	@ParameterizedTest
	@ValueSource(strings = { "?limit=4", "?limit=5", "?limit=100", "?limit=4&status=queued", "?limit=4&type=one_call",
			"?limit=3&type=auto_coding&status=failed", "?limit=1&status=completed",
			"?type=codebook_generation&limit=2" })
	void pagesMakeTheWholeList(String query) {
		insertSome();
		Answer whole = get("/v2/jobs" + query.replaceAll("limit=\\d+", "limit=100"));
		assertThat(whole.header("Link")).isNull();
		List<String> paged = new ArrayList<>();
		int limit = Integer.parseInt(query.replaceAll(".*limit=(\\d+).*", "$1"));
		for (String path = "/v2/jobs" + query; path != null;) {
			Answer page = get(path);
			List<String> ids = ids(page);
			assertThat(ids).hasSizeBetween(1, limit);
			assertThat(page.json().at("/meta/count").intValue()).isEqualTo(ids.size());
			paged.addAll(ids);
			path = next(page);
			assertThat(path == null || ids.size() == limit).isTrue();
		}
		assertThat(paged).isEqualTo(ids(whole)).isSortedAccordingTo(Comparator.reverseOrder()).isNotEmpty();
	}

	@Test
	void typeFilters() {
		insertSome();
		for (String type : List.of("codebook_generation", "auto_coding", "one_call")) {
			assertThat(get("/v2/jobs?type=" + type).data().findValuesAsString("type")).hasSize(10).containsOnly(type);
			for (String status : List.of("queued", "failed")) {
				for (JsonNode job : get("/v2/jobs?type=" + type + "&status=" + status).data()) {
					assertThat(job.get("type").stringValue()).isEqualTo(type);
					assertThat(job.get("status").stringValue()).isEqualTo(status);
				}
			}
		}
		assertThat(get("/v2/jobs?type=one_call&status=processing").data()).isEmpty();
	}

	@Test
	void lastPageHasNoNextEvenWhenItIsFull() {
		this.rows.insertMany(this.tenant.organization(), 20);
		for (String path : List.of("/v2/jobs", "/v2/jobs?status=queued", "/v2/jobs?type=auto_coding",
				next(get("/v2/jobs?limit=10")), "/v2/jobs?limit=10&cursor=" + Cursor
					.after(new JobId(get("/v2/jobs?limit=10").data().findValuesAsString("id").getLast())))) {
			assertThat(get(path).header("Link")).as(path).isNull();
		}
		this.rows.insert(this.tenant.organization());
		for (String path : List.of("/v2/jobs", "/v2/jobs?status=queued", "/v2/jobs?type=auto_coding")) {
			assertThat(next(get(path))).as(path).isNotNull();
		}
	}

	@Test
	void linkIsThereOnHeadAndOn304Too() {
		insertSome();
		for (String path : List.of("/v2/jobs?limit=2", "/v2/jobs?limit=2&status=queued&type=one_call")) {
			Answer page = get(path);
			assertThat(page.header("Link")).isNotNull();
			Answer head = this.api.send("HEAD", path, this.tenant.key(), null);
			assertThat(head.header("Link")).isEqualTo(page.header("Link"));
			Answer same = get(path, "If-None-Match", page.header("ETag"));
			assertThat(same.status()).isEqualTo(304);
			assertThat(same.header("Link")).isEqualTo(page.header("Link"));
		}
	}

	@Test
	void jobThatIsThereThroughoutIsOnExactlyOnePage() {
		insertSome();
		List<String> before = ids(get("/v2/jobs?limit=100"));
		List<String> paged = new ArrayList<>();
		int n = 0;
		for (String path = "/v2/jobs?limit=3"; path != null; n++) {
			Answer page = get(path);
			paged.addAll(ids(page));
			path = next(page);
			// One more at the head, one gone on the page that was just read, one that has
			// changed further on.
			this.rows.insert(this.tenant.organization());
			this.rows.set(new JobId(before.get(29 - n)), "updated_at = job_next_update(updated_at), priority = 7");
			this.rows.remove(new JobId(ids(page).getLast()));
		}
		assertThat(n).isEqualTo(10);
		assertThat(paged).isEqualTo(before);
	}

	@Test
	void jobThatLeavesItsStatusIsNotMissedElsewhere() {
		this.rows.insertMany(this.tenant.organization(), 9);
		List<String> before = ids(get("/v2/jobs?status=queued"));
		List<String> paged = new ArrayList<>();
		for (String path = "/v2/jobs?status=queued&limit=3"; path != null;) {
			Answer page = get(path);
			paged.addAll(ids(page));
			path = next(page);
			for (String id : ids(page)) {
				this.rows.set(new JobId(id), "status = 'failed', error_code = 'E', error_message = 'm'");
			}
		}
		assertThat(paged).isEqualTo(before);
	}

	@Test
	void cursorOfAnotherOrganizationShowsOnlyWhatIsOnesOwn() {
		insertSome();
		String next = next(get("/v2/jobs?limit=2"));
		assertThat(this.api.get(next, this.api.tenant().key()).data()).isEmpty();
	}

	@Test
	void expiredJobsAreOnNoPage() {
		this.rows.insertAged(this.tenant.organization(), "25 hours");
		JobId newest = this.rows.insert(this.tenant.organization());
		for (String query : List.of("?limit=1", "?limit=1&status=queued", "?limit=1&type=auto_coding",
				"?type=auto_coding&status=queued&limit=1")) {
			Answer page = get("/v2/jobs" + query);
			assertThat(ids(page)).containsExactly(newest.value());
			assertThat(page.header("Link")).isNull();
			assertThat(ids(get("/v2/jobs" + query + "&cursor=" + Cursor.after(newest)))).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "cursor", "cursor=", "cursor=x", "cursor=job_1a2b3c4d5e6f7a8b9c0d1e2f",
			"cursor=YRorPE1eb3qLnA0eLw&cursor=YRorPE1eb3qLnA0eLw", "cursor=YRorPE1eb3qLnA0eLw%20", "type", "type=",
			"type=ONE_CALL", "type=other", "type=one_call&type=one_call" })
	void whatIsNoneIsNamed(String query) {
		assertThat(ErrorEnvelope.check(get("/v2/jobs?" + query), 422, "VALIDATION_ERROR"))
			.startsWith(query.replaceAll("=.*", "") + " must be ");
	}

	// Thirty, ten of each type.
	private void insertSome() {
		this.rows.insertMany(this.tenant.organization(), 24, "type", TYPE_OF_N, "status",
				"case when n % 2 = 0 then 'failed' else 'queued' end", "error_code", "case when n % 2 = 0 then 'E' end",
				"error_message", "case when n % 2 = 0 then 'm' end");
		for (String type : List.of("codebook_generation", "auto_coding", "one_call")) {
			this.rows.insertAged(this.tenant.organization(), "7 hours", "type", "'" + type + "'");
			this.rows.insertAged(this.tenant.organization(), "8 hours", "type", "'" + type + "'", "status",
					"'completed'", "result", "'{}'");
		}
	}

	// As a client resolves it.
	private String next(Answer page) {
		String link = page.header("Link");
		if (link == null) {
			return null;
		}
		Matcher parts = NEXT.matcher(link);
		assertThat(parts.matches()).as(link).isTrue();
		URI next = page.response().uri().resolve(parts.group(1));
		assertThat(next.getAuthority()).isEqualTo(page.response().uri().getAuthority());
		return next.getRawPath() + "?" + next.getRawQuery();
	}

	private static List<String> ids(Answer page) {
		assertThat(page.status()).as(page.toString()).isEqualTo(200);
		return page.data().findValuesAsString("id");
	}

	private Answer get(String path, String... headers) {
		return this.api.get(path, this.tenant.key(), headers);
	}

}
