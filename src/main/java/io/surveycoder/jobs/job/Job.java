package io.surveycoder.jobs.job;

import java.time.Instant;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/**
 * The columns of {@code job} that reads name. Never loaded as a whole: queries project
 * what they need, and every change is a statement of its own (design: one guarded
 * statement per transition). The primary key is (organization_id, id); an id alone is
 * unique too, which is all that JPA asks.
 */
@Entity
@Immutable
@SuppressWarnings("NullAway.Init")
public class Job {

	@Id
	String id;

	@Column(name = "organization_id")
	String organizationId;

	String type;

	String status;

	int processed;

	int total;

	@Column(name = "updated_at")
	Instant updatedAt;

	@Nullable String result;

	@Column(name = "error_code")
	@Nullable String errorCode;

	@Column(name = "error_message")
	@Nullable String errorMessage;

	protected Job() {
	}

}
