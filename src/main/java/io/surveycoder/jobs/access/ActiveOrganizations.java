package io.surveycoder.jobs.access;

import java.time.Duration;

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
			.build((id) -> jdbc.sql("select exists (select from organization where id = ? and disabled_at is null)")
				.param(id)
				.query(Boolean.class)
				.single());
	}

	public boolean contains(String organizationId) {
		return this.active.get(organizationId);
	}

	void forget(String organizationId) {
		this.active.invalidate(organizationId);
	}

}
