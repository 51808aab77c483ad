package io.surveycoder.jobs.access;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import org.jspecify.annotations.Nullable;

/**
 * A key as an administrator sees it: everything but the secret and its hash.
 */
@Schema(name = "ApiKey")
record ApiKey(@Schema(requiredMode = RequiredMode.REQUIRED, example = "key_0a1b2c3d4e5f60718293a4b5") String id,
		@JsonProperty("organization_id") @Schema(nullable = true, description = "Null for a service key.",
				example = "org_5f2b8c1d9e3a4b6c7d8e9f01") @Nullable String organizationId,
		@Schema(requiredMode = RequiredMode.REQUIRED, example = "production") String name,
		@Schema(requiredMode = RequiredMode.REQUIRED, description = "The key's first 13 characters.",
				example = "scp_live_a1B2") String prefix,
		@ArraySchema(schema = @Schema(allowableValues = {
				"read", "write", "service", "admin" }),
				arraySchema = @Schema(requiredMode = RequiredMode.REQUIRED, example = "[\"read\"]")) String[] scopes,
		@JsonProperty("requests_per_minute") @Schema(nullable = true,
				description = "0: unlimited. Null: the default of the key's kind.") @Nullable Integer requestsPerMinute,
		@JsonProperty("created_at") @Schema(requiredMode = RequiredMode.REQUIRED) Instant createdAt,
		@JsonProperty("expires_at") @Schema(nullable = true) @Nullable Instant expiresAt,
		@JsonProperty("last_used_at") @Schema(nullable = true,
				description = "True to 15 seconds.") @Nullable Instant lastUsedAt,
		@JsonProperty("revoked_at") @Schema(nullable = true) @Nullable Instant revokedAt){

	static ApiKey of(ResultSet row, int number) throws SQLException {
		return new ApiKey(row.getString("id"), row.getString("organization_id"), row.getString("name"),
				row.getString("prefix"), (String[]) row.getArray("scopes").getArray(),
				row.getObject("requests_per_minute", Integer.class), Instants.in(row, "created_at"),
				Instants.orNullIn(row, "expires_at"), Instants.orNullIn(row, "last_used_at"),
				Instants.orNullIn(row, "revoked_at"));
	}

}
