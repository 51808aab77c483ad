package io.surveycoder.jobs.access;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

import com.github.benmanes.caffeine.cache.CacheLoader;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The organizations that exist and are not disabled, as of less than 2 seconds ago.
 */
@Component
public class ActiveOrganizations {

	private final LoadingCache<String, Boolean> active;

	ActiveOrganizations(JdbcClient jdbc) {
		this.active = Caffeine.newBuilder()
			.maximumSize(50_000)
			.expireAfterWrite(Duration.ofMillis(1700))
			.build(CacheLoader.bulk((ids) -> lookUp(jdbc, ids)));
	}

	/**
	 * For each of these ids whether it is one of them. One statement at most.
	 */
	public Map<String, Boolean> among(Set<String> ids) {
		return this.active.getAll(ids);
	}

	private static Map<String, Boolean> lookUp(JdbcClient jdbc, Set<? extends String> ids) {
		Map<String, Boolean> found = new HashMap<>();
		ids.forEach((id) -> found.put(id, false));
		jdbc.sql("select id from organization where id = any (?) and disabled_at is null")
			.param(ids.toArray(String[]::new))
			.query((row) -> {
				found.put(row.getString("id"), true);
			});
		return found;
	}

	void forget(String organizationId) {
		this.active.invalidate(organizationId);
	}

}
