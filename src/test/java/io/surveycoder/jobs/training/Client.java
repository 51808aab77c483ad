package io.surveycoder.jobs.training;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * All that is asked of the service in a day, in rounds: mostly polls, and each call of
 * the back ends' and the workers' side, refused ones too.
 */
final class Client {

	static final String ADMIN_KEY = "scp_svc_TrainingTrainingTrainingTraining";

	private static final int POLLS = 40;

	private static final Pattern CLAIMED = Pattern.compile("\"id\":\"(job_\\w+)\".*?\"lease_token\":\"(lse_[\\w-]+)\"");

	private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private final URI api;

	private final URI management;

	private final String organization;

	private final String key;

	private final String limitedKey;

	Client(URI api, URI management) {
		this.api = api;
		this.management = management;
		this.organization = found("org_\\w+", post(201, "/internal/v1/organizations", "{\"name\":\"Training\"}"));
		this.key = key(0);
		this.limitedKey = key(1);
	}

	/**
	 * Works in rounds until the end, an instant of {@link System#nanoTime}.
	 * @return how many rounds
	 */
	int workUntil(long end) {
		int rounds = 0;
		do {
			round(rounds);
			rounds++;
		}
		while (System.nanoTime() < end);
		return rounds;
	}

	private void round(int round) {
		List<String> jobs = submit();
		List<Lease> leases = claim();
		polls(jobs);
		for (int i = 0; i < leases.size(); i++) {
			finish(leases.get(i), i);
		}
		polls(jobs);
		completeTogether();
		lists();
		refusals(jobs.getFirst());
		get(200, "/health", null);
		if (round % 10 == 0) {
			operators();
		}
	}

	private List<String> submit() {
		String job = "{\"organization_id\":\"" + this.organization + "\",\"type\":\"auto_coding\",\"total\":40,"
				+ "\"payload\":{\"question\":\"Why did you choose us?\",\"codes\":[1,2,3.50]},"
				+ "\"metadata\":{\"project\":\"spring-wave\"}}";
		List<String> jobs = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			jobs.add(found("job_\\w+",
					post(201, "/internal/v1/jobs", job, "Idempotency-Key", "key-" + System.nanoTime())));
		}
		post(201, "/internal/v1/jobs/batch",
				"{\"jobs\":[" + IntStream.range(0, 20).mapToObj((_) -> job).collect(Collectors.joining(",")) + "]}");
		return jobs;
	}

	private List<Lease> claim() {
		List<Lease> leases = new ArrayList<>();
		Matcher claimed = CLAIMED.matcher(post(200, "/internal/v1/jobs/claim",
				"{\"worker\":\"training\",\"limit\":10,\"lease_seconds\":600,\"wait_seconds\":1}"));
		while (claimed.find()) {
			leases.add(new Lease(claimed.group(1), claimed.group(2)));
		}
		return leases;
	}

	private void finish(Lease lease, int turn) {
		work(lease, "progress", ",\"processed\":" + (turn + 1));
		switch (turn % 5) {
			case 0 -> work(lease, "fail", ",\"error\":{\"code\":\"CODING_FAILED\",\"message\":\"No\"},\"retry\":false");
			case 1 -> work(lease, "fail", ",\"error\":{\"code\":\"CODING_FAILED\",\"message\":\"Again\"}");
			case 2 -> work(lease, "release", "");
			default -> work(lease, "complete", ",\"result\":{\"codes\":[\"price\",\"service\"],\"coded\":40}");
		}
		get(200, "/v2/jobs?limit=1", this.key);
	}

	private void completeTogether() {
		String entries = claim().stream()
			.map((lease) -> "{\"id\":\"" + lease.job + "\",\"lease_token\":\"" + lease.token
					+ "\",\"result\":{\"coded\":40}}")
			.collect(Collectors.joining(","));
		if (!entries.isEmpty()) {
			post(200, "/internal/v1/jobs/complete", "{\"jobs\":[" + entries + "]}");
		}
	}

	private void polls(List<String> jobs) {
		List<String> ids = new ArrayList<>(jobs);
		for (String status : List.of("queued", "processing", "completed", "failed")) {
			Matcher found = Pattern.compile("job_\\w+")
				.matcher(get(200, "/v2/jobs?status=" + status + "&limit=20", this.key));
			while (found.find()) {
				ids.add(found.group());
			}
		}
		for (int i = 0; i < POLLS; i++) {
			get(200, "/v2/jobs/" + ids.get(i % ids.size()), this.key);
		}
	}

	private void lists() {
		for (int i = 0; i < 5; i++) {
			get(200, "/v2/jobs", this.key);
			get(200, "/v2/jobs?status=completed", this.key);
		}
		get(200, "/v2/jobs?limit=100", this.key);
	}

	private void refusals(String job) {
		get(401, "/v2/jobs", null);
		get(401, "/v2/jobs/" + job, "scp_live_UnknownUnknownUnknownUnknownUnkn");
		get(403, "/v2/jobs", ADMIN_KEY);
		get(404, "/v2/jobs/job_000000000000000000000000", this.key);
		get(404, "/v2/nothing", this.key);
		get(422, "/v2/jobs?limit=abc", this.key);
		post(422, "/internal/v1/jobs", "{\"type\":");
		post(409, "/internal/v1/jobs/" + job + "/progress", "{\"lease_token\":\"lse_unknown\",\"processed\":1}");
		// One request a minute: the first may pass.
		send("GET", this.api.resolve("/v2/jobs?limit=1"), this.limitedKey, null, List.of(200, 429));
	}

	private void operators() {
		for (String path : List.of("/actuator/health/readiness", "/actuator/health/liveness", "/actuator/prometheus")) {
			send("GET", this.management.resolve(path), null, null, List.of(200));
		}
		get(200, "/v3/api-docs", null);
	}

	private String key(int requestsPerMinute) {
		return found("scp_live_\\w+",
				post(201, "/internal/v1/organizations/" + this.organization + "/api-keys",
						"{\"name\":\"training\",\"scopes\":[\"read\",\"write\"],\"requests_per_minute\":"
								+ requestsPerMinute + "}"));
	}

	private void work(Lease lease, String verb, String members) {
		post(200, "/internal/v1/jobs/" + lease.job + "/" + verb,
				"{\"lease_token\":\"" + lease.token + "\"" + members + "}");
	}

	private String get(int status, String path, String key) {
		return send("GET", this.api.resolve(path), key, null, List.of(status));
	}

	private String post(int status, String path, String body, String... headers) {
		return send("POST", this.api.resolve(path), ADMIN_KEY, body, List.of(status), headers);
	}

	private String send(String method, URI uri, String key, String body, List<Integer> statuses, String... headers) {
		HttpRequest.Builder request = HttpRequest.newBuilder(uri)
			.timeout(Duration.ofSeconds(60))
			.method(method, (body != null) ? BodyPublishers.ofString(body) : BodyPublishers.noBody());
		if (key != null) {
			request.header("x-api-key", key);
		}
		if (body != null) {
			request.header("Content-Type", "application/json");
		}
		if (headers.length > 0) {
			request.headers(headers);
		}
		try {
			HttpResponse<String> answer = this.http.send(request.build(), BodyHandlers.ofString());
			if (!statuses.contains(answer.statusCode())) {
				throw new IllegalStateException(method + " " + uri + ": " + answer.statusCode() + " " + answer.body());
			}
			return answer.body();
		}
		catch (IOException | InterruptedException ex) {
			throw new IllegalStateException(method + " " + uri, ex);
		}
	}

	private static String found(String pattern, String text) {
		Matcher found = Pattern.compile(pattern).matcher(text);
		if (!found.find()) {
			throw new IllegalStateException("No " + pattern + " in " + text);
		}
		return found.group();
	}

	private record Lease(String job, String token) {
	}

}
