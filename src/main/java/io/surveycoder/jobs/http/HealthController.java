package io.surveycoder.jobs.http;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import io.swagger.v3.oas.annotations.security.SecurityRequirements;
import io.swagger.v3.oas.annotations.tags.Tag;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Says that the process serves, database or not; readiness is on the management port.
 */
@RestController
@Tag(name = "Health")
class HealthController {

	private static final Envelope<Health> OK = Envelope.of(new Health("ok"));

	@GetMapping(path = "/health", produces = MediaType.APPLICATION_JSON_VALUE)
	@Operation(operationId = "health", summary = "Tell whether the process serves",
			description = "Needs no key and asks no database.")
	@SecurityRequirements
	Envelope<Health> health() {
		return OK;
	}

	record Health(@Schema(requiredMode = RequiredMode.REQUIRED, example = "ok") String status) {
	}

}
