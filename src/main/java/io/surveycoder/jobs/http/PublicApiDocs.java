package io.surveycoder.jobs.http;

import io.swagger.v3.oas.models.OpenAPI;

/**
 * Adds to the document of the whole public API, {@code /v3/api-docs/v2}, what the frozen
 * one may not have. Every bean of this type is asked.
 */
@FunctionalInterface
public interface PublicApiDocs {

	void addTo(OpenAPI api);

}
