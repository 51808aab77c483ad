package io.surveycoder.jobs.access;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import jakarta.annotation.PreDestroy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Remembers when keys were used and writes it down for all of them at once, so that
 * {@code last_used_at} is true to 15 s (contract §2) and a request costs no statement.
 */
@Component
class KeyUsage {

	private static final Logger log = LoggerFactory.getLogger(KeyUsage.class);

	private final JdbcTemplate jdbc;

	private final ConcurrentHashMap<String, Long> lastUsedNanos = new ConcurrentHashMap<>();

	KeyUsage(JdbcTemplate jdbc) {
		this.jdbc = jdbc;
	}

	void record(String keyId) {
		this.lastUsedNanos.put(keyId, System.nanoTime());
	}

	@Scheduled(fixedDelay = 10, timeUnit = TimeUnit.SECONDS)
	@PreDestroy
	void keep() {
		try {
			write();
		}
		catch (DataAccessException ex) {
			log.warn("Use of keys not written this time: {}", ex.getMostSpecificCause().getMessage());
		}
	}

	void write() {
		Map<String, Long> used = Map.copyOf(this.lastUsedNanos);
		if (used.isEmpty()) {
			return;
		}
		long now = System.nanoTime();
		// In one order everywhere: two instances that write at once must not deadlock.
		List<Map.Entry<String, Long>> entries = used.entrySet().stream().sorted(Map.Entry.comparingByKey()).toList();
		String[] ids = entries.stream().map(Map.Entry::getKey).toArray(String[]::new);
		Long[] ages = entries.stream()
			.map((entry) -> TimeUnit.NANOSECONDS.toMillis(now - entry.getValue()))
			.toArray(Long[]::new);
		// An age, not an instant: stored times are the database's.
		this.jdbc.update("""
				update api_key k
				set last_used_at = greatest(k.last_used_at, now() - used.age * interval '1 millisecond')
				from unnest(?::text[], ?::bigint[]) as used (id, age)
				where k.id = used.id
				""", ids, ages);
		used.forEach(this.lastUsedNanos::remove);
	}

}
