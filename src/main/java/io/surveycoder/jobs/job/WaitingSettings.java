package io.surveycoder.jobs.job;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How many clients may wait.
 *
 * @param maxClients at most so many at a time on one instance, 0 to 1,000,000; past it,
 * clients are told to come back
 * @param maxClientsPerOrganization and so many of one organization, 0 to 1,000,000;
 * absent: as many as there are places
 */
@ConfigurationProperties("jobs.waiting")
record WaitingSettings(@DefaultValue("20000") int maxClients, @Nullable Integer maxClientsPerOrganization) {

	private static final int MOST = 1_000_000;

	WaitingSettings {
		check("max-clients", maxClients);
		if (maxClientsPerOrganization != null) {
			check("max-clients-per-organization", maxClientsPerOrganization);
		}
	}

	int mostOfOrganization() {
		return (this.maxClientsPerOrganization != null) ? this.maxClientsPerOrganization : this.maxClients;
	}

	private static void check(String name, int value) {
		if (value < 0 || value > MOST) {
			throw new IllegalArgumentException("jobs.waiting." + name + " must be 0 to 1000000, not " + value);
		}
	}

}
