import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.*;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.*;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A worker for the jobs API, to copy (Java 17 or newer, Jackson 3): your code goes into work(). */
public class Worker {
	/**
	 * YOUR CODE GOES HERE. Returns the result, which becomes a JSON object; an exception fails the attempt.
	 * @param report takes the items done so far, before each item: it renews the lease, and ends the work if it must
	 */
	static Object work(JsonNode job, Report report) throws Exception {
		if (job.at("/payload/fail").asBoolean(false)) throw new IllegalArgumentException("the payload asks for it");
		int total = job.get("total").asInt();
		for (int done = 0; done < total; done++) {
			report.processed(done);
			Thread.sleep((long) (1000 * job.at("/payload/seconds_per_item").asDouble(0.1)));
		}
		return Map.of("responses_coded", total);
	}

	interface Report { void processed(int items) throws Refused, InterruptedException; }
	static class Stopped extends Error {} // told to stop; no Exception, so that a catch in work() lets it pass
	static class Lost extends Error { Lost(String why) { super(why); } } // the job is no longer ours
	static class Refused extends Exception { Refused(String why) { super(why); } } // and would be refused again

	static final String JOBS = env("JOBS_URL", "http://localhost:8080").replaceAll("/+$", "") + "/internal/v1/jobs";
	static final String KEY = env("JOBS_API_KEY", ""), TYPES = env("JOBS_TYPES", "");
	static final int LEASE_SECONDS = 60, PROGRESS_SECONDS = 1; // a third of the lease at most: a report may come late
	static final JsonMapper JSON = JsonMapper.shared();
	static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
	static final CompletableFuture<Integer> STATUS = new CompletableFuture<>(); // of the process
	static volatile boolean stopping, idle; // told to stop; claiming, and no answer has begun
	static double renewed; // when the lease of the job at hand was

	static void run(JsonNode job) throws InterruptedException {
		String id = job.get("id").asString();
		var body = JSON.createObjectNode().set("lease_token", job.get("lease_token"));
		Report report = processed -> {
			check(false);
			if (now() - renewed < PROGRESS_SECONDS) return; // not for each of a million items
			post("/" + id + "/progress", body.deepCopy().put("processed", processed), false);
			renewed = now();
		};
		log("%s claimed: %s, attempt %s, total %s", id, job.get("type"), job.get("attempt"), job.get("total"));
		renewed = now();
		try {
			try {
				report.processed(0); // a job that came although we stop goes back at once
				post("/" + id + "/complete", body.deepCopy().putPOJO("result", work(job, report)), true);
			} catch (Stopped ex) {
				post("/" + id + "/release", body, true);
			} catch (Exception ex) {
				String message = "%.1000s".formatted(ex).replaceAll("[\\x00\\p{Cs}]", "?"); // what cannot be stored
				var error = Map.of("code", "WORK_FAILED", "message", message);
				post("/" + id + "/fail", body.put("retry", true).putPOJO("error", error), true);
			}
		} catch (Stopped | Lost | Refused ex) {
			log("%s dropped: %s", id, ex);
		}
	}

	/** Repeats the call until it is answered; when told to stop, only the last one while the lease may hold. */
	static JsonNode post(String path, JsonNode body, boolean last) throws Refused, InterruptedException {
		var request = HttpRequest.newBuilder(URI.create(JOBS + path)).timeout(Duration.ofSeconds(30))
			.header("x-api-key", KEY).header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body))).build();
		for (double backoff = 0.5;; backoff = Math.min(2 * backoff, 15)) {
			double pause = backoff * (0.5 + Math.random() / 2);
			String problem;
			idle = path.equals("/claim");
			check(last);
			try {
				var answer = HTTP.sendAsync(request, head -> {
					idle = false; // what comes now may be a job, which must not get lost
					return HttpResponse.BodyHandlers.ofString().apply(head);
				}).orTimeout(40, TimeUnit.SECONDS).join(); // the request's own timeout ends where the body begins
				int status = answer.statusCode();
				problem = status + " " + answer.body();
				if (status < 300 && last) log("%s accepted %s", path, body.path("error"));
				if (status < 300) return JSON.readTree(answer.body()).path("data");
				if (status == 404 || status == 409) throw new Lost(problem);
				if (status < 500 && status != 429) throw new Refused(problem);
				pause += answer.headers().firstValueAsLong("Retry-After").orElse(0);
			} catch (RuntimeException ex) {
				problem = ex.toString();
			}
			log("%s again in %.1f s: %s", path, pause, problem);
			for (double end = now() + pause; now() < end; Thread.sleep(100)) check(last);
		}
	}

	static void check(boolean last) { if (stopping && !(last && now() < renewed + LEASE_SECONDS)) throw new Stopped(); }
	static double now() { return System.nanoTime() / 1e9; }
	static void log(String line, Object... about) { System.err.println(Instant.now() + " " + line.formatted(about)); }
	static String env(String name, String otherwise) { return System.getenv().getOrDefault(name, otherwise); }

	public static void main(String[] args) {
		Runtime.getRuntime().addShutdownHook(new Thread(() -> {
			stopping = true; // and a waiting claim's connection closes, so that nothing is leased to it
			Runtime.getRuntime().halt(idle ? STATUS.getNow(0) : STATUS.join()); // else a signal's status would be 143
		}));
		var claim = JSON.createObjectNode().put("wait_seconds", 20).put("limit", 1).put("lease_seconds", LEASE_SECONDS)
			.put("worker", env("WORKER_NAME", ManagementFactory.getRuntimeMXBean().getName()));
		if (!TYPES.isEmpty()) claim.putPOJO("types", TYPES.split(" *, *"));
		try {
			if (KEY.isEmpty()) throw new Refused("JOBS_API_KEY is missing: set it to a key with scope service");
			while (true) for (JsonNode job : post("/claim", claim, false)) run(job);
		} catch (Throwable ex) {
			log("ended: %s", ex);
			STATUS.complete((ex instanceof Stopped) ? 0 : 1);
		}
	}
}
