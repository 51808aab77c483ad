package io.surveycoder.jobs.access;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.repository.Repository;
import org.springframework.transaction.annotation.Transactional;

@Transactional
interface ApiKeys extends Repository<ApiKey, String> {

	@NativeQuery("""
			insert into api_key (id, organization_id, name, prefix, hash, scopes, requests_per_minute, expires_at)
			values (:id, :organizationId, :name, :prefix, :hash, :scopes, :requestsPerMinute, :expiresAt)
			returning *
			""")
	ApiKey add(String id, @Nullable String organizationId, String name, String prefix, byte[] hash, String[] scopes,
			@Nullable Integer requestsPerMinute, @Nullable Instant expiresAt);

	@NativeQuery("select * from api_key where organization_id = :organizationId order by created_at, id")
	List<ApiKey> ofOrganization(String organizationId);

	@NativeQuery("select * from api_key where organization_id is null order by created_at, id")
	List<ApiKey> ofTheOperator();

	/**
	 * Revokes it, once: the first time stays. Empty when there is none.
	 */
	@NativeQuery("""
			update api_key set revoked_at = coalesce(revoked_at, date_trunc('milliseconds', now()))
			where id = :id returning id
			""")
	Optional<String> revoke(String id);

}
