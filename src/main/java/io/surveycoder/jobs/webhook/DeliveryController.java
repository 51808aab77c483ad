package io.surveycoder.jobs.webhook;

import java.util.List;

import io.surveycoder.jobs.access.Caller;
import io.surveycoder.jobs.access.RequiredScope;
import io.surveycoder.jobs.access.Scope;
import io.surveycoder.jobs.http.ApiException;
import io.surveycoder.jobs.http.Envelope;
import io.surveycoder.jobs.http.ListEnvelope;
import io.surveycoder.jobs.http.PathPrefix;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping(path = "/v2/webhooks/{id}", produces = MediaType.APPLICATION_JSON_VALUE)
@RequiredScope(Scope.READ)
@Tag(name = "Webhooks")
class DeliveryController {

	private final Webhooks webhooks;

	private final Deliveries deliveries;

	DeliveryController(Webhooks webhooks, Deliveries deliveries) {
		this.webhooks = webhooks;
		this.deliveries = deliveries;
	}

	@PostMapping("/ping")
	@ResponseStatus(HttpStatus.ACCEPTED)
	@RequiredScope(Scope.WRITE)
	@Operation(operationId = "pingWebhook", summary = "Send a ping",
			description = "Delivers the event ping, whatever events the webhook wants, signed and repeated like any other. "
					+ "The answer is the delivery before it is sent: look at the deliveries for what became of it.")
	@ApiResponse(responseCode = "202", description = "The delivery", useReturnTypeSchema = true)
	Envelope<Delivery> ping(Caller caller, @PathVariable String id) {
		checkOwned(caller, id);
		return Envelope.of(this.deliveries.ping(caller.organization(), id));
	}

	@GetMapping("/deliveries")
	@Operation(operationId = "listWebhookDeliveries", summary = "List deliveries",
			description = "What was sent to the webhook in the last 7 days or is to be sent, newest first.")
	@Parameter(name = "limit", in = ParameterIn.QUERY, description = "Maximum number of deliveries to return.",
			schema = @Schema(type = "integer", minimum = "1", maximum = "100", defaultValue = "20"))
	@Parameter(name = "cursor", in = ParameterIn.QUERY, description = "Where to go on, from a Link header.",
			schema = @Schema(type = "string"))
	@ApiResponse(responseCode = "200", description = "Deliveries", useReturnTypeSchema = true,
			headers = @Header(name = "Link", description = "The next page, rel=\"next\"; absent on the last",
					schema = @Schema(type = "string")))
	ListEnvelope<Delivery> list(Caller caller, @PathVariable String id, HttpServletRequest request,
			HttpServletResponse response) {
		DeliveryPage page = DeliveryPage.parse(request);
		checkOwned(caller, id);
		// One more than asked for tells whether there are more.
		List<Delivery> found = this.deliveries.newest(id, page.before(), page.limit() + 1);
		if (found.size() <= page.limit()) {
			return ListEnvelope.of(found);
		}
		List<Delivery> shown = found.subList(0, page.limit());
		response.setHeader(HttpHeaders.LINK, page.linkAfter(PathPrefix.of(request), id, shown.getLast().id()));
		return ListEnvelope.of(shown);
	}

	@PostMapping("/deliveries/{delivery}/redeliver")
	@ResponseStatus(HttpStatus.ACCEPTED)
	@RequiredScope(Scope.WRITE)
	@Operation(operationId = "redeliver", summary = "Deliver again",
			description = "Begins a fresh round of four attempts at once, with the same webhook-id and body, whatever "
					+ "became of the last round.")
	@ApiResponse(responseCode = "202", description = "The delivery", useReturnTypeSchema = true)
	Envelope<Delivery> redeliver(Caller caller, @PathVariable String id, @PathVariable String delivery) {
		checkOwned(caller, id);
		return Envelope
			.of(this.deliveries.redeliver(id, delivery).orElseThrow(() -> ApiException.notFound("Delivery")));
	}

	private void checkOwned(Caller caller, String id) {
		if (this.webhooks.withId(caller.organization(), id).isEmpty()) {
			throw ApiException.notFound("Webhook");
		}
	}

}
