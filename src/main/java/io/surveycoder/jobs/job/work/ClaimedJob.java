package io.surveycoder.jobs.job.work;

import java.time.Instant;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.surveycoder.jobs.http.RawJson;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.AdditionalPropertiesValue;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;

/**
 * A job as its worker gets it (contract §2, claim).
 *
 * @param attempt the how-manieth this is, from 1
 * @param payload as it was submitted, {@code {}} when none was
 * @param metadata as it was submitted, {@code {}} when none was
 * @param leaseToken what every later call about this job must show
 * @param leaseExpiresAt until when to make the next call
 */
@Schema(name = "ClaimedJob")
record ClaimedJob(@Schema(requiredMode = RequiredMode.REQUIRED, example = "job_019dc1a2b3c4d5e6f7a8b9c0") String id,
		@Schema(requiredMode = RequiredMode.REQUIRED, example = "auto_coding") String type,
		@JsonProperty("organization_id") @Schema(requiredMode = RequiredMode.REQUIRED,
				example = "org_5f2b8c1d9e3a4b6c7d8e9f01") String organizationId,
		@Schema(requiredMode = RequiredMode.REQUIRED, minimum = "1", example = "1") int attempt,
		@Schema(requiredMode = RequiredMode.REQUIRED, minimum = "0", example = "500") int total,
		@Schema(requiredMode = RequiredMode.REQUIRED, implementation = Object.class,
				additionalProperties = AdditionalPropertiesValue.TRUE,
				example = "{\"question\":\"Why did you choose us?\"}") RawJson payload,
		@Schema(requiredMode = RequiredMode.REQUIRED, implementation = Object.class,
				additionalPropertiesSchema = String.class, example = "{\"project\":\"spring-wave\"}") RawJson metadata,
		@JsonProperty("lease_token") @Schema(requiredMode = RequiredMode.REQUIRED,
				example = "lse_X1KLjB2eOktsfY6fAQoLDA0ODxAREhMUFRYXGA") String leaseToken,
		@JsonProperty("lease_expires_at") @Schema(requiredMode = RequiredMode.REQUIRED) Instant leaseExpiresAt) {
}
