package io.surveycoder.jobs.access;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Each is one statement.
 */
@Repository
class ApiKeys {

	private final JdbcClient jdbc;

	ApiKeys(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	ApiKey add(String id, @Nullable String organizationId, String name, String prefix, byte[] hash, String[] scopes,
			@Nullable Integer requestsPerMinute, @Nullable Instant expiresAt) {
		return this.jdbc.sql("""
				insert into api_key (id, organization_id, name, prefix, hash, scopes, requests_per_minute, expires_at)
				values (:id, :organizationId, :name, :prefix, :hash, :scopes, :requestsPerMinute, :expiresAt)
				returning *
				""")
			.param("id", id)
			.param("organizationId", organizationId)
			.param("name", name)
			.param("prefix", prefix)
			.param("hash", hash)
			.param("scopes", scopes)
			.param("requestsPerMinute", requestsPerMinute)
			.param("expiresAt", Instants.parameter(expiresAt))
			.query(ApiKey::of)
			.single();
	}

	List<ApiKey> ofOrganization(String organizationId) {
		return this.jdbc.sql("select * from api_key where organization_id = ? order by created_at, id")
			.param(organizationId)
			.query(ApiKey::of)
			.list();
	}

	List<ApiKey> ofTheOperator() {
		return this.jdbc.sql("select * from api_key where organization_id is null order by created_at, id")
			.query(ApiKey::of)
			.list();
	}

	/**
	 * Revokes it, once: the first time stays.
	 * @return whether there is one
	 */
	boolean revoke(String id) {
		return this.jdbc.sql("""
				update api_key set revoked_at = coalesce(revoked_at, date_trunc('milliseconds', now()))
				where id = ?
				""").param(id).update() == 1;
	}

}
