package io.surveycoder.jobs.webhook;

import java.net.UnknownHostException;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.surveycoder.jobs.access.Caller;
import io.surveycoder.jobs.access.RequiredScope;
import io.surveycoder.jobs.access.Scope;
import io.surveycoder.jobs.http.ApiException;
import io.surveycoder.jobs.http.Envelope;
import io.surveycoder.jobs.http.ErrorCode;
import io.surveycoder.jobs.http.ListEnvelope;
import io.surveycoder.jobs.http.StorableText;
import io.surveycoder.jobs.webhook.HostNames.ForbiddenAddressException;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.NotNull;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping(path = "/v2/webhooks", produces = MediaType.APPLICATION_JSON_VALUE)
@RequiredScope(Scope.READ)
@Tag(name = "Webhooks")
class WebhookController {

	private static final List<String> EVENTS = List.of("job.completed", "job.failed", "*");

	private static final List<String> DEFAULT_EVENTS = EVENTS.subList(0, 2);

	private final Webhooks webhooks;

	private final SecretSeal seal;

	private final HostNames names;

	private final Settings settings;

	WebhookController(Webhooks webhooks, SecretSeal seal, HostNames names, Settings settings) {
		this.webhooks = webhooks;
		this.seal = seal;
		this.names = names;
		this.settings = settings;
	}

	@PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
	@ResponseStatus(HttpStatus.CREATED)
	@RequiredScope(Scope.WRITE)
	@Operation(operationId = "createWebhook", summary = "Register a webhook",
			description = "The answer is the only place that ever shows the secret. At most 20 per organization.")
	@ApiResponse(responseCode = "201", description = "The webhook, with its secret", useReturnTypeSchema = true)
	@ApiResponse(responseCode = "409")
	Envelope<Created> create(Caller caller, @RequestBody Request request) {
		String[] events = events(request.events);
		checkHost(WebhookUrl.parse(request.url, this.settings.allowHttp));
		String id = WebhookIds.webhook();
		WebhookSecret secret = WebhookSecret.generate();
		Webhook made = this.webhooks.add(id, caller.organization(), request.url, events, this.seal.seal(secret, id))
			.orElseThrow(() -> new ApiException(ErrorCode.INVALID_STATE,
					"An organization has at most " + Webhooks.MOST + " webhooks; delete one first"));
		return Envelope
			.of(new Created(made.id(), made.url(), made.events(), made.active(), made.createdAt(), secret.reveal()));
	}

	@GetMapping
	@Operation(operationId = "listWebhooks", summary = "List webhooks, oldest first")
	ListEnvelope<Webhook> list(Caller caller) {
		return ListEnvelope.of(this.webhooks.ofOrganization(caller.organization()));
	}

	@GetMapping("/{id}")
	@Operation(operationId = "getWebhook", summary = "Get a webhook")
	Envelope<Webhook> get(Caller caller, @PathVariable String id) {
		return Envelope
			.of(this.webhooks.withId(caller.organization(), id).orElseThrow(() -> ApiException.notFound("Webhook")));
	}

	@DeleteMapping("/{id}")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	@RequiredScope(Scope.WRITE)
	@Operation(operationId = "deleteWebhook", summary = "Delete a webhook",
			description = "What is still to be delivered to it is dropped, and its log is gone.")
	void delete(Caller caller, @PathVariable String id) {
		if (!this.webhooks.remove(caller.organization(), id)) {
			throw ApiException.notFound("Webhook");
		}
	}

	private static String[] events(@Nullable List<String> asked) {
		Set<String> events = new LinkedHashSet<>((asked != null) ? asked : DEFAULT_EVENTS);
		if (events.isEmpty() || !EVENTS.containsAll(events)) {
			throw ApiException.invalid("events must be one or more of 'job.completed', 'job.failed' and '*'");
		}
		return events.toArray(String[]::new);
	}

	// A name that is not known today may be so when something is sent: then it counts.
	private void checkHost(WebhookUrl url) {
		try {
			this.names.addresses(url.host());
		}
		catch (ForbiddenAddressException _) {
			throw ApiException.invalid("url must be on the public internet; its host has another address");
		}
		catch (UnknownHostException _) {
			// Accepted: a ping tells.
		}
	}

	/**
	 * What is to be told where.
	 *
	 * @param url {@code https}, at most 2000 characters
	 * @param events absent: both of jobs; {@code *}: all, also those to come
	 */
	@Schema(name = "WebhookRequest")
	record Request(
			@NotNull @StorableText(max = WebhookUrl.LONGEST) @Schema(minLength = 1, maxLength = WebhookUrl.LONGEST,
					example = "https://example.com/hooks/jobs") String url,
			@ArraySchema(minItems = 1, schema = @Schema(allowableValues = {
					"job.completed", "job.failed", "*" }),
					arraySchema = @Schema(
							example = "[\"job.completed\",\"job.failed\"]")) @Nullable List<@NotNull String> events){
	}

	@Schema(name = "CreatedWebhook")
	record Created(
			@Schema(requiredMode = RequiredMode.REQUIRED, pattern = Webhook.PATTERN,
					example = "wh_0a1b2c3d4e5f60718293a4b5") String id,
			@Schema(requiredMode = RequiredMode.REQUIRED, example = "https://example.com/hooks/jobs") String url,
			@ArraySchema(schema = @Schema(allowableValues = {
					"job.completed", "job.failed", "*" }),
					arraySchema = @Schema(requiredMode = RequiredMode.REQUIRED,
							example = "[\"job.completed\",\"job.failed\"]")) String[] events,
			@Schema(requiredMode = RequiredMode.REQUIRED) boolean active,
			@JsonProperty("created_at") @Schema(requiredMode = RequiredMode.REQUIRED) Instant createdAt,
			@Schema(requiredMode = RequiredMode.REQUIRED,
					description = "What deliveries are signed with. Shown here and never again.",
					example = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD3lJ0NbTzOZw=") String secret){

		@Override
		public String toString() {
			return "Created[" + this.id + "]";
		}

	}

	/**
	 * What a URL may be.
	 *
	 * @param allowHttp also {@code http://}, for development
	 */
	@ConfigurationProperties("jobs.webhooks")
	record Settings(@DefaultValue("false") boolean allowHttp) {
	}

}
