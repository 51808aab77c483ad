package io.surveycoder.jobs.access;

import java.time.Instant;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/**
 * A key as an administrator sees it: everything but the secret and its hash. Changed by
 * statements only.
 */
@Entity
@Immutable
@Schema(name = "ApiKey")
@SuppressWarnings("NullAway.Init")
class ApiKey {

	@Id
	@JsonProperty
	@Schema(requiredMode = RequiredMode.REQUIRED, example = "key_0a1b2c3d4e5f60718293a4b5")
	String id;

	@JsonProperty("organization_id")
	@Column(name = "organization_id")
	@Schema(nullable = true, description = "Null for a service key.", example = "org_5f2b8c1d9e3a4b6c7d8e9f01")
	@Nullable String organizationId;

	@JsonProperty
	@Schema(requiredMode = RequiredMode.REQUIRED, example = "production")
	String name;

	@JsonProperty
	@Schema(requiredMode = RequiredMode.REQUIRED, description = "The key's first 13 characters.",
			example = "scp_live_a1B2")
	String prefix;

	@JsonProperty
	@ArraySchema(schema = @Schema(allowableValues = { "read", "write", "service", "admin" }),
			arraySchema = @Schema(requiredMode = RequiredMode.REQUIRED, example = "[\"read\"]"))
	String[] scopes;

	@JsonProperty("requests_per_minute")
	@Column(name = "requests_per_minute")
	@Schema(nullable = true, description = "0: unlimited. Null: the default of the key's kind.")
	@Nullable Integer requestsPerMinute;

	@JsonProperty("created_at")
	@Column(name = "created_at")
	@Schema(requiredMode = RequiredMode.REQUIRED)
	Instant createdAt;

	@JsonProperty("expires_at")
	@Column(name = "expires_at")
	@Schema(nullable = true)
	@Nullable Instant expiresAt;

	@JsonProperty("last_used_at")
	@Column(name = "last_used_at")
	@Schema(nullable = true, description = "True to 15 seconds.")
	@Nullable Instant lastUsedAt;

	@JsonProperty("revoked_at")
	@Column(name = "revoked_at")
	@Schema(nullable = true)
	@Nullable Instant revokedAt;

}
