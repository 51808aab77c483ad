package io.surveycoder.jobs.access;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Executors;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.surveycoder.jobs.http.ApiException;
import io.surveycoder.jobs.http.ErrorCode;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Resolves a key to its caller. A key in use is known without a statement and looked up
 * again in the background every second; none is believed for longer than
 * {@link #BELIEVED}, so a revocation holds everywhere within 2 seconds (contract §1), and
 * when the database is away the answer is 503 and never a guess.
 */
@Component
class Authenticator {

	private static final Duration REFRESHED = Duration.ofSeconds(1);

	// Less than 2 s by what a slow look-up may take.
	private static final Duration BELIEVED = Duration.ofMillis(1700);

	private static final int MOST_KEYS = 50_000;

	private final JdbcClient jdbc;

	private final KeyUsage usage;

	// By hash: the process keeps no secret longer than the request that brought it.
	// Unknown keys are remembered too, or a client with a wrong key would be a query per
	// attempt.
	private final LoadingCache<String, Optional<KnownKey>> keys = Caffeine.newBuilder()
		.maximumSize(MOST_KEYS)
		.refreshAfterWrite(REFRESHED)
		.expireAfterWrite(BELIEVED)
		.executor(Executors.newVirtualThreadPerTaskExecutor())
		.build(this::lookUp);

	Authenticator(JdbcClient jdbc, KeyUsage usage) {
		this.jdbc = jdbc;
		this.usage = usage;
	}

	/**
	 * What a key is known by.
	 * @param key the header's value
	 * @throws ApiException 401 for what is no key
	 */
	String hash(String key) {
		return ApiKeySecret.parse(key)
			.map((secret) -> HexFormat.of().formatHex(secret.hash()))
			.orElseThrow(Authenticator::unknown);
	}

	/**
	 * The caller that a key stands for.
	 * @throws ApiException 401 for a key that opens nothing
	 * @throws org.springframework.dao.DataAccessException when the key cannot be looked
	 * up
	 */
	Caller authenticate(String hash) {
		Caller caller = this.keys.get(hash).orElseThrow(Authenticator::unknown).admit();
		this.usage.record(caller.keyId());
		return caller;
	}

	private static ApiException unknown() {
		return new ApiException(ErrorCode.UNAUTHORIZED, "Unknown API key");
	}

	private Optional<KnownKey> lookUp(String hash) {
		long before = System.nanoTime();
		return this.jdbc.sql("""
				select k.id, k.organization_id, k.scopes, k.requests_per_minute,
				       k.revoked_at is not null as revoked,
				       o.disabled_at is not null as disabled,
				       extract(epoch from k.expires_at - now()) as seconds_left
				from api_key k
				left join organization o on o.id = k.organization_id
				where k.hash = ?
				""").param(HexFormat.of().parseHex(hash)).query((row, _) -> knownKey(row, before)).optional();
	}

	private static KnownKey knownKey(ResultSet row, long now) throws SQLException {
		double secondsLeft = row.getDouble("seconds_left");
		OptionalLong expiresAt = row.wasNull() ? OptionalLong.empty()
				// Bounded, since nanoTime wraps after 292 years.
				: OptionalLong.of(now + (long) (Math.clamp(secondsLeft, 0, 1e9) * 1e9));
		Caller caller = new Caller(row.getString("id"), row.getString("organization_id"),
				scopes(row.getArray("scopes")), row.getObject("requests_per_minute", Integer.class));
		return new KnownKey(caller, row.getBoolean("revoked"), row.getBoolean("disabled"), expiresAt);
	}

	private static Set<Scope> scopes(Array column) throws SQLException {
		EnumSet<Scope> scopes = EnumSet.noneOf(Scope.class);
		for (String scope : (String[]) column.getArray()) {
			Scope.parse(scope).ifPresent(scopes::add);
		}
		return scopes;
	}

}
