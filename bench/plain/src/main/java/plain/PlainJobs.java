package plain;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Service;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * The reads as a good engineer writes them in an afternoon: entities, repositories, a key
 * looked up for each request, Jackson, Spring Boot's settings. On the tables of the
 * service; what the benchmark compares it with.
 */
@SpringBootApplication
@EnableJpaRepositories(considerNestedRepositories = true)
public class PlainJobs {

	public static void main(String[] arguments) {
		SpringApplication.run(PlainJobs.class, arguments);
	}

	@Entity
	@Table(name = "api_key")
	static class ApiKey {

		@Id
		String id;

		String organizationId;

		byte[] hash;

		Instant expiresAt;

		Instant revokedAt;

	}

	interface ApiKeys extends JpaRepository<ApiKey, String> {

		Optional<ApiKey> findByHash(byte[] hash);

	}

	@Entity
	@Table(name = "job")
	static class Job {

		@Id
		String id;

		String organizationId;

		String type;

		String status;

		int processed;

		int total;

		Instant updatedAt;

		@Column(columnDefinition = "json")
		String result;

		String errorCode;

		String errorMessage;

	}

	interface Jobs extends JpaRepository<Job, String> {

		Optional<Job> findByOrganizationIdAndIdAndIdGreaterThan(String organizationId, String id, String horizon);

		List<Job> findByOrganizationIdAndIdGreaterThanOrderByIdDesc(String organizationId, String horizon, Limit limit);

		List<Job> findByOrganizationIdAndStatusAndIdGreaterThanOrderByIdDesc(String organizationId, String status,
				String horizon, Limit limit);

	}

	record Progress(int processed, int total, int percentage) {
	}

	record JobError(String code, String message) {
	}

	@JsonInclude(JsonInclude.Include.NON_NULL)
	record JobView(String id, String type, String status, Progress progress, Instant createdAt, Instant updatedAt,
			@JsonRawValue String result, JobError error) {

		static JobView of(Job job, boolean whole) {
			int percentage = job.status.equals("completed") ? 100 : (job.total == 0) ? 0 : 100 * job.processed / job.total;
			return new JobView(job.id, job.type, job.status, new Progress(job.processed, job.total, percentage),
					Instant.ofEpochMilli(Long.parseLong(job.id.substring(4, 16), 16)), job.updatedAt,
					whole ? job.result : null,
					(whole && job.errorCode != null) ? new JobError(job.errorCode, job.errorMessage) : null);
		}

	}

	@Service
	static class JobService {

		private final ApiKeys keys;

		private final Jobs jobs;

		JobService(ApiKeys keys, Jobs jobs) {
			this.keys = keys;
			this.jobs = jobs;
		}

		String organization(String key) throws Exception {
			byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
			return this.keys.findByHash(hash)
				.filter((found) -> found.revokedAt == null)
				.filter((found) -> found.expiresAt == null || found.expiresAt.isAfter(Instant.now()))
				.orElseThrow(() -> new ResponseStatusException(HttpStatus.UNAUTHORIZED)).organizationId;
		}

		JobView get(String organization, String id) {
			return this.jobs.findByOrganizationIdAndIdAndIdGreaterThan(organization, id, horizon())
				.map((job) -> JobView.of(job, true))
				.orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
		}

		List<JobView> list(String organization, String status, int limit) {
			List<Job> found = (status == null)
					? this.jobs.findByOrganizationIdAndIdGreaterThanOrderByIdDesc(organization, horizon(), Limit.of(limit))
					: this.jobs.findByOrganizationIdAndStatusAndIdGreaterThanOrderByIdDesc(organization, status, horizon(),
							Limit.of(limit));
			return found.stream().map((job) -> JobView.of(job, false)).toList();
		}

		private static String horizon() {
			return "job_%012x".formatted(System.currentTimeMillis() - 86_400_000);
		}

	}

	@RestController
	static class JobController {

		private final JobService jobs;

		JobController(JobService jobs) {
			this.jobs = jobs;
		}

		@GetMapping("/health")
		Map<String, Object> health() {
			return Map.of("success", true, "data", Map.of("status", "ok"));
		}

		@GetMapping("/v2/jobs/{id}")
		ResponseEntity<?> get(@RequestHeader("x-api-key") String key, @PathVariable String id) throws Exception {
			return ResponseEntity.ok(Map.of("success", true, "data", this.jobs.get(this.jobs.organization(key), id)));
		}

		@GetMapping("/v2/jobs")
		ResponseEntity<?> list(@RequestHeader("x-api-key") String key, @RequestParam(required = false) String status,
				@RequestParam(defaultValue = "20") int limit) throws Exception {
			List<JobView> jobs = this.jobs.list(this.jobs.organization(key), status, limit);
			return ResponseEntity
				.ok(Map.of("success", true, "data", jobs, "meta", Map.of("api_version", "v1", "count", jobs.size())));
		}

	}

}
