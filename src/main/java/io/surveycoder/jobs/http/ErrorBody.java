package io.surveycoder.jobs.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.AdditionalPropertiesValue;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import org.jspecify.annotations.Nullable;

/**
 * The body of every answer of 400 and above (contract §1, envelope).
 *
 * @param success always false
 * @param error what went wrong
 */
@Schema(name = "ErrorEnvelope", additionalProperties = AdditionalPropertiesValue.FALSE)
record ErrorBody(@Schema(requiredMode = RequiredMode.REQUIRED) boolean success,
		@Schema(requiredMode = RequiredMode.REQUIRED) Detail error) {

	/**
	 * What went wrong.
	 *
	 * @param code machine-readable, one of {@link ErrorCode}
	 * @param message human-readable, names the field and the fix
	 * @param requestId the caller's own {@code X-Request-Id} when that was a UUID, else
	 * absent
	 * @param docUrl where the code is explained
	 */
	@Schema(name = "ErrorDetail", additionalProperties = AdditionalPropertiesValue.FALSE)
	record Detail(
			@Schema(requiredMode = RequiredMode.REQUIRED, pattern = "^[A-Z][A-Z_]*$",
					example = "UNAUTHORIZED") String code,
			@Schema(requiredMode = RequiredMode.REQUIRED, minLength = 1,
					example = "x-api-key header is required") String message,
			@JsonProperty("request_id") @JsonInclude(Include.NON_NULL) @Schema(
					format = "uuid") @Nullable String requestId,
			@JsonProperty("doc_url") @Schema(format = "uri",
					example = "https://docs.surveycoder.io/errors/unauthorized") String docUrl) {
	}

}
