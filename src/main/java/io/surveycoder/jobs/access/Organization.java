package io.surveycoder.jobs.access;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import org.jspecify.annotations.Nullable;

/**
 * A customer of the operator: jobs and keys belong to it.
 */
@Schema(name = "Organization")
record Organization(@Schema(requiredMode = RequiredMode.REQUIRED, example = "org_5f2b8c1d9e3a4b6c7d8e9f01") String id,
		@Schema(requiredMode = RequiredMode.REQUIRED, example = "Acme Research") String name,
		@JsonProperty("created_at") @Schema(requiredMode = RequiredMode.REQUIRED) Instant createdAt,
		@JsonProperty("disabled_at") @Schema(nullable = true,
				description = "Since when its keys answer NO_ORG; null while it is active.") @Nullable Instant disabledAt) {

	static Organization of(ResultSet row, int number) throws SQLException {
		return new Organization(row.getString("id"), row.getString("name"), Instants.in(row, "created_at"),
				Instants.orNullIn(row, "disabled_at"));
	}

}
