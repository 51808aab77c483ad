package io.surveycoder.jobs.access;

import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.surveycoder.jobs.http.ApiException;
import io.surveycoder.jobs.http.Envelope;
import io.surveycoder.jobs.http.ErrorCode;
import io.surveycoder.jobs.http.ListEnvelope;
import io.surveycoder.jobs.http.StorableText;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import org.jspecify.annotations.Nullable;

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
@RequestMapping(path = "/internal/v1", produces = MediaType.APPLICATION_JSON_VALUE)
@RequiredScope(Scope.ADMIN)
@Tag(name = "Administration")
class ApiKeyController {

	private final ApiKeys keys;

	private final Organizations organizations;

	ApiKeyController(ApiKeys keys, Organizations organizations) {
		this.keys = keys;
		this.organizations = organizations;
	}

	@PostMapping(path = "/organizations/{id}/api-keys", consumes = MediaType.APPLICATION_JSON_VALUE)
	@ResponseStatus(HttpStatus.CREATED)
	@Operation(operationId = "createApiKey", summary = "Create a key for an organization",
			description = "The answer is the only place that ever shows the key.")
	@ApiResponse(responseCode = "201", description = "The key", useReturnTypeSchema = true)
	@ApiResponse(responseCode = "409")
	Envelope<Issued> create(@PathVariable String id, @RequestBody OrganizationKey request) {
		if (organization(id).disabledAt() != null) {
			throw new ApiException(ErrorCode.INVALID_STATE, "The organization is disabled");
		}
		String mode = Objects.requireNonNullElse(request.mode, "live");
		if (!mode.equals("live") && !mode.equals("test")) {
			throw ApiException.invalid("mode must be 'live' or 'test'");
		}
		return issue(ApiKeySecret.generate(mode), id, request.name, scopes(request.scopes, Scope.READ, Scope.WRITE),
				request.requestsPerMinute, request.expiresAt);
	}

	@GetMapping("/organizations/{id}/api-keys")
	@Operation(operationId = "listApiKeys", summary = "List an organization's keys, oldest first, revoked ones too")
	ListEnvelope<ApiKey> list(@PathVariable String id) {
		organization(id);
		return ListEnvelope.of(this.keys.ofOrganization(id));
	}

	@PostMapping(path = "/api-keys", consumes = MediaType.APPLICATION_JSON_VALUE)
	@ResponseStatus(HttpStatus.CREATED)
	@Operation(operationId = "createServiceKey", summary = "Create a service key",
			description = "For the operator's own back ends and workers. The answer is the only place that ever "
					+ "shows the key.")
	Envelope<Issued> createService(@RequestBody ServiceKey request) {
		return issue(ApiKeySecret.generate("svc"), null, request.name,
				scopes(request.scopes, Scope.SERVICE, Scope.ADMIN), request.requestsPerMinute, request.expiresAt);
	}

	@GetMapping("/api-keys")
	@Operation(operationId = "listServiceKeys", summary = "List the service keys, oldest first, revoked ones too")
	ListEnvelope<ApiKey> listService() {
		return ListEnvelope.of(this.keys.ofTheOperator());
	}

	@DeleteMapping("/api-keys/{id}")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	@Operation(operationId = "revokeApiKey", summary = "Revoke a key of any kind",
			description = "Holds on every instance within 2 seconds. Repeating it changes nothing.")
	void revoke(@PathVariable String id) {
		if (!this.keys.revoke(id)) {
			throw ApiException.notFound("API key");
		}
	}

	private Organization organization(String id) {
		return this.organizations.withId(id).orElseThrow(() -> ApiException.notFound("Organization"));
	}

	private Envelope<Issued> issue(ApiKeySecret secret, @Nullable String organizationId, String name, String[] scopes,
			@Nullable Integer requestsPerMinute, @Nullable Instant expiresAt) {
		ApiKey made = this.keys.add(AccessIds.apiKey(), organizationId, name, secret.prefix(), secret.hash(), scopes,
				requestsPerMinute, expiresAt);
		return Envelope.of(new Issued(made.id(), secret.reveal(), made.name(), made.prefix(), made.scopes(),
				made.expiresAt(), made.requestsPerMinute(), made.createdAt()));
	}

	private static String[] scopes(List<String> asked, Scope one, Scope other) {
		Set<String> scopes = new LinkedHashSet<>(asked);
		if (scopes.isEmpty() || !List.of(one.wire(), other.wire()).containsAll(scopes)) {
			throw ApiException.invalid("scopes must be one or both of '" + one.wire() + "' and '" + other.wire() + "'");
		}
		return scopes.toArray(String[]::new);
	}

	/**
	 * A key for an organization.
	 *
	 * @param name 1 to 100 characters, for people
	 * @param scopes {@code read}, {@code write} or both
	 * @param mode {@code live} (default) or {@code test}: how the key starts, nothing
	 * else
	 * @param expiresAt from when it answers KEY_EXPIRED; absent: never
	 * @param requestsPerMinute 0: unlimited; absent: the default
	 * ({@code jobs.rate-limit.requests-per-minute})
	 */
	@Schema(name = "ApiKeyRequest")
	record OrganizationKey(
			@NotNull @StorableText(max = 100) @Schema(minLength = 1, maxLength = 100,
					example = "production") String name,
			@NotNull @ArraySchema(minItems = 1, schema = @Schema(allowableValues = {
					"read", "write" }), arraySchema = @Schema(example = "[\"read\"]")) List<@NotNull String> scopes,
			@Schema(allowableValues = { "live", "test" }, defaultValue = "live") @Nullable String mode,
			@JsonProperty("expires_at") @Schema(example = "2027-01-01T00:00:00Z") @Nullable Instant expiresAt,
			@JsonProperty("requests_per_minute") @Min(0) @Max(1_000_000) @Schema(
					example = "600") @Nullable Integer requestsPerMinute){
	}

	/**
	 * A service key.
	 *
	 * @param name 1 to 100 characters, for people
	 * @param scopes {@code service}, {@code admin} or both
	 * @param expiresAt from when it answers KEY_EXPIRED; absent: never
	 * @param requestsPerMinute absent or 0: unlimited
	 */
	@Schema(name = "ServiceKeyRequest")
	record ServiceKey(
			@NotNull @StorableText(max = 100) @Schema(minLength = 1, maxLength = 100,
					example = "coding workers") String name,
			@NotNull @ArraySchema(minItems = 1, schema = @Schema(allowableValues = {
					"service", "admin" }),
					arraySchema = @Schema(example = "[\"service\"]")) List<@NotNull String> scopes,
			@JsonProperty("expires_at") @Schema(example = "2027-01-01T00:00:00Z") @Nullable Instant expiresAt,
			@JsonProperty("requests_per_minute") @Min(0) @Max(1_000_000) @Schema(
					example = "0") @Nullable Integer requestsPerMinute){
	}

	@Schema(name = "IssuedApiKey")
	record Issued(@Schema(requiredMode = RequiredMode.REQUIRED, example = "key_0a1b2c3d4e5f60718293a4b5") String id,
			@Schema(requiredMode = RequiredMode.REQUIRED, description = "Shown here and never again.",
					example = "scp_live_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6") String key,
			@Schema(requiredMode = RequiredMode.REQUIRED, example = "production") String name,
			@Schema(requiredMode = RequiredMode.REQUIRED, example = "scp_live_a1B2") String prefix,
			@ArraySchema(schema = @Schema(allowableValues = {
					"read", "write", "service", "admin" }),
					arraySchema = @Schema(requiredMode = RequiredMode.REQUIRED,
							example = "[\"read\"]")) String[] scopes,
			@JsonProperty("expires_at") @Schema(nullable = true) @Nullable Instant expiresAt,
			@JsonProperty("requests_per_minute") @Schema(nullable = true) @Nullable Integer requestsPerMinute,
			@JsonProperty("created_at") @Schema(requiredMode = RequiredMode.REQUIRED) Instant createdAt){
		@Override
		public String toString() {
			return "Issued[" + this.prefix + "…]";
		}
	}

}
