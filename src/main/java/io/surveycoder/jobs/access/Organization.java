package io.surveycoder.jobs.access;

import java.time.Instant;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/**
 * A customer of the operator: jobs and keys belong to it. Changed by statements only.
 */
@Entity
@Immutable
@Schema(name = "Organization")
@SuppressWarnings("NullAway.Init")
class Organization {

	@Id
	@JsonProperty
	@Schema(requiredMode = RequiredMode.REQUIRED, example = "org_5f2b8c1d9e3a4b6c7d8e9f01")
	String id;

	@JsonProperty
	@Schema(requiredMode = RequiredMode.REQUIRED, example = "Acme Research")
	String name;

	@JsonProperty("created_at")
	@Column(name = "created_at")
	@Schema(requiredMode = RequiredMode.REQUIRED)
	Instant createdAt;

	@JsonProperty("disabled_at")
	@Column(name = "disabled_at")
	@Schema(nullable = true, description = "Since when its keys answer NO_ORG; null while it is active.")
	@Nullable Instant disabledAt;

}
