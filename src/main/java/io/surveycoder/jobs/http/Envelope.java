package io.surveycoder.jobs.http;

import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.AdditionalPropertiesValue;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;

/**
 * The outer form of an answer about one thing: {@code {"success":true,"data":…}}
 * (contract §1, envelope).
 *
 * @param success always true
 * @param data the thing asked for
 */
@Schema(additionalProperties = AdditionalPropertiesValue.FALSE)
public record Envelope<T>(@Schema(requiredMode = RequiredMode.REQUIRED) boolean success,
		@Schema(requiredMode = RequiredMode.REQUIRED) T data) {

	public static <T> Envelope<T> of(T data) {
		return new Envelope<>(true, data);
	}

}
