package io.surveycoder.jobs.job.poll;

/**
 * What clients' reads send, for the test that explains it.
 */
public final class ReadStatements {

	public static final String ONE = named(JobReads.ONE, "organization", "id", "id", "retention");

	public static final String MANY = named(JobReads.MANY, "organizations", "ids", "retention");

	public static final String NEWEST = named(JobLists.NEWEST, "organization", "retention", "limit");

	public static final String NEWEST_IN_STATUS = named(JobLists.NEWEST_IN_STATUS, "organization", "status",
			"retention", "limit");

	public static final String MANY_NEWEST = named(JobLists.MANY_NEWEST, "organizations", "most", "retention");

	public static final String MANY_NEWEST_IN_STATUS = named(JobLists.MANY_NEWEST_IN_STATUS, "organizations",
			"statuses", "most", "retention");

	public static final String PAGE = named(JobPages.ALL, "organization", "below", "limit", "retention");

	public static final String PAGE_IN_STATUS = named(JobPages.IN_STATUS, "organization", "status", "below", "limit",
			"retention");

	public static final String PAGE_OF_TYPE = named(JobPages.OF_TYPE, "statuses", "organization", "type", "below",
			"limit", "retention", "limit");

	private ReadStatements() {
	}

	private static String named(String sql, String... names) {
		String named = sql;
		for (String name : names) {
			named = named.replaceFirst("\\?", ":" + name);
		}
		return named;
	}

}
