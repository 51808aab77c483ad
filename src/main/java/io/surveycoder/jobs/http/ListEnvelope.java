package io.surveycoder.jobs.http;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.AdditionalPropertiesValue;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;

/**
 * The outer form of a list:
 * {@code {"success":true,"data":[…],"meta":{"api_version":"v1","count":N}}} (contract §1,
 * envelope).
 *
 * @param success always true
 * @param data the things listed, in the order promised
 * @param meta how many there are
 */
@Schema(additionalProperties = AdditionalPropertiesValue.FALSE)
public record ListEnvelope<T>(@Schema(requiredMode = RequiredMode.REQUIRED) boolean success,
		@Schema(requiredMode = RequiredMode.REQUIRED) List<T> data,
		@Schema(requiredMode = RequiredMode.REQUIRED) Meta meta) {

	public static <T> ListEnvelope<T> of(List<T> data) {
		return new ListEnvelope<>(true, data, new Meta("v1", data.size()));
	}

	/**
	 * What is said about the list as a whole.
	 *
	 * @param apiVersion {@code v1}, whatever the path says: the documented API sends it
	 * so
	 * @param count how many elements {@code data} has
	 */
	@Schema(name = "ListMeta", additionalProperties = AdditionalPropertiesValue.FALSE)
	public record Meta(@JsonProperty("api_version") @Schema(example = "v1") String apiVersion,
			@Schema(minimum = "0", example = "1") int count) {
	}

}
