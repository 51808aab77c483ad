package io.surveycoder.jobs.job;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import org.hibernate.annotations.Immutable;

/**
 * What Spring Data asks for: the type that a repository of jobs is about. Nothing loads
 * it. Reads project the columns they need into {@link JobView} and {@link JobSummary},
 * and every change is a guarded statement of its own (docs/adr/0004).
 */
@Entity
@Immutable
@SuppressWarnings("NullAway.Init")
public class Job {

	@Id
	String id;

	protected Job() {
	}

}
