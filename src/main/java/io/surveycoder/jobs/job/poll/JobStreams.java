package io.surveycoder.jobs.job.poll;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

import io.surveycoder.jobs.access.KeyStanding;
import io.surveycoder.jobs.job.ChangeLog;
import io.surveycoder.jobs.job.JobChanges;
import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.poll.StreamedJobs.Filter;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.stereotype.Component;

/**
 * Opens streams of events about jobs (contract §4).
 */
@Component
class JobStreams {

	private static final Pattern VERSION = Pattern.compile("[0-9]{1,18}");

	private final JobAnswers jobs;

	private final StreamedJobs lists;

	private final ChangeLog log;

	private final JobChanges changes;

	private final Duration heartbeat;

	JobStreams(JobAnswers jobs, StreamedJobs lists, ChangeLog log, JobChanges changes, Settings settings) {
		this.jobs = jobs;
		this.lists = lists;
		this.log = log;
		this.changes = changes;
		this.heartbeat = settings.heartbeat;
	}

	/**
	 * The events of one job.
	 * @param lastEventId of the last event that the client has got; null, or none of
	 * ours: it begins anew
	 * @throws io.surveycoder.jobs.http.ApiException {@code NOT_FOUND}, or 503 when too
	 * many clients wait
	 */
	JobStream ofJob(String organization, JobId id, KeyStanding key, @Nullable String lastEventId) {
		Long version = (lastEventId != null && VERSION.matcher(lastEventId).matches()) ? Long.valueOf(lastEventId)
				: null;
		JobStream stream = new JobStream(this.jobs, this.log, this.changes, key, this.heartbeat, organization, id,
				version);
		stream.open(this.changes.job(organization, id, stream));
		return stream;
	}

	/**
	 * The events of an organization's jobs.
	 * @param lastEventId as above
	 * @throws io.surveycoder.jobs.http.ApiException 503 when too many clients wait
	 */
	ListStream ofOrganization(String organization, Filter filter, KeyStanding key, @Nullable String lastEventId) {
		ListStream stream = new ListStream(this.lists, this.log, this.changes, key, this.heartbeat, organization,
				filter, Optional.ofNullable(lastEventId).flatMap(ListPosition::parse));
		stream.open(this.changes.organization(organization, stream));
		return stream;
	}

	/**
	 * How streams are kept alive.
	 *
	 * @param heartbeat from one comment to the next, 1 to 60 s
	 */
	@ConfigurationProperties("jobs.streams")
	record Settings(@DefaultValue("15s") Duration heartbeat) {

		Settings {
			if (heartbeat.compareTo(Duration.ofSeconds(1)) < 0 || heartbeat.compareTo(Duration.ofSeconds(60)) > 0) {
				throw new IllegalArgumentException(
						"jobs.streams.heartbeat must be between 1s and 60s, not " + heartbeat);
			}
		}

	}

}
