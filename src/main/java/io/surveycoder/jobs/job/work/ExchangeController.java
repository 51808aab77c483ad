package io.surveycoder.jobs.job.work;

import java.util.List;
import java.util.Optional;

import io.surveycoder.jobs.access.RequiredScope;
import io.surveycoder.jobs.access.Scope;
import io.surveycoder.jobs.http.Envelope;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.AdditionalPropertiesValue;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;

import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping(path = "/internal/v1/jobs", consumes = MediaType.APPLICATION_JSON_VALUE,
		produces = MediaType.APPLICATION_JSON_VALUE)
@RequiredScope(Scope.SERVICE)
@Tag(name = "Work")
class ExchangeController {

	private final Exchanges exchanges;

	private final WaitingClaims claims;

	ExchangeController(Exchanges exchanges, WaitingClaims claims) {
		this.exchanges = exchanges;
		this.claims = claims;
	}

	@PostMapping("/complete")
	@Operation(operationId = "completeJobs", summary = "Finish up to 1000 jobs with their results",
			description = "Each on its own, in the order given: what is refused has an error and keeps none of the "
					+ "others from being accepted. Repeating the very same call gives the same answer.")
	Envelope<List<CompletionOutcome>> complete(@RequestBody CompletionBatch request) {
		return Envelope.of(this.exchanges.complete(request.jobs));
	}

	@PostMapping("/exchange")
	@Operation(operationId = "exchangeJobs", summary = "Turn in jobs and lease the next",
			description = "Completes, fails, then claims, in one transaction. Each entry on its own: what is refused has "
					+ "an error and keeps none of the others from being accepted. Repeating the very same call gives "
					+ "the same answer for what was turned in, and leases more.")
	Envelope<Exchanged> exchange(@RequestBody ExchangeRequest request, HttpServletResponse http) {
		Optional<Claim> claim = Optional.ofNullable(request.claim()).map(ExchangeRequest.ImmediateClaim::claim);
		if (claim.isPresent() && !this.claims.isRunning()) {
			// About to stop: what was done is taken in, and nothing given out.
			http.setHeader(HttpHeaders.CONNECTION, "close");
			claim = Optional.empty();
		}
		return Envelope.of(this.exchanges.exchange(request.completions(), request.failures(), claim));
	}

	/**
	 * Jobs that are done.
	 *
	 * @param jobs 1 to 1000
	 */
	@Schema(name = "CompletionBatch", additionalProperties = AdditionalPropertiesValue.FALSE)
	record CompletionBatch(@NotNull @Size(min = 1, max = 1000, message = "must have 1 to 1000 entries") @ArraySchema(
			minItems = 1, maxItems = 1000) List<@NotNull @Valid CompletionEntry> jobs) {
	}

}
