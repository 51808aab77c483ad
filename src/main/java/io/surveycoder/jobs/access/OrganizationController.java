package io.surveycoder.jobs.access;

import java.time.Instant;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.surveycoder.jobs.http.ApiException;
import io.surveycoder.jobs.http.Envelope;
import io.surveycoder.jobs.http.ListEnvelope;
import io.surveycoder.jobs.http.StorableText;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.NotNull;

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
@RequestMapping(path = "/internal/v1/organizations", produces = MediaType.APPLICATION_JSON_VALUE)
@RequiredScope(Scope.ADMIN)
@Tag(name = "Administration")
class OrganizationController {

	private final Organizations organizations;

	private final ActiveOrganizations active;

	OrganizationController(Organizations organizations, ActiveOrganizations active) {
		this.organizations = organizations;
		this.active = active;
	}

	@PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
	@ResponseStatus(HttpStatus.CREATED)
	@Operation(operationId = "createOrganization", summary = "Create an organization")
	Envelope<Created> create(@RequestBody Request request) {
		Organization made = this.organizations.add(AccessIds.organization(), request.name);
		this.active.forget(made.id());
		return Envelope.of(new Created(made.id(), made.name(), made.createdAt()));
	}

	@GetMapping
	@Operation(operationId = "listOrganizations", summary = "List organizations, oldest first, disabled ones too")
	ListEnvelope<Organization> list() {
		return ListEnvelope.of(this.organizations.inOrderOfCreation());
	}

	@DeleteMapping("/{id}")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	@Operation(operationId = "disableOrganization", summary = "Disable an organization",
			description = "Its keys answer NO_ORG on every instance within 2 seconds. Repeating it changes nothing.")
	void disable(@PathVariable String id) {
		if (!this.organizations.disable(id)) {
			throw ApiException.notFound("Organization");
		}
		this.active.forget(id);
	}

	/**
	 * What it is called.
	 *
	 * @param name 1 to 200 characters
	 */
	@Schema(name = "OrganizationRequest")
	record Request(@NotNull @StorableText(max = 200) @Schema(minLength = 1, maxLength = 200,
			example = "Acme Research") String name) {
	}

	@Schema(name = "CreatedOrganization")
	record Created(@Schema(requiredMode = RequiredMode.REQUIRED, example = "org_5f2b8c1d9e3a4b6c7d8e9f01") String id,
			@Schema(requiredMode = RequiredMode.REQUIRED, example = "Acme Research") String name,
			@JsonProperty("created_at") @Schema(requiredMode = RequiredMode.REQUIRED) Instant createdAt) {
	}

}
