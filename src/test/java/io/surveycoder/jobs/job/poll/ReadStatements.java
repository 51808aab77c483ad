package io.surveycoder.jobs.job.poll;

import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.util.ReflectionUtils;

/**
 * What clients' reads send, for the test that explains it.
 */
public final class ReadStatements {

	public static final String ONE = of("one");

	public static final String NEWEST = of("newest") + " limit :limit";

	public static final String NEWEST_IN_STATUS = of("newestInStatus") + " limit :limit";

	private ReadStatements() {
	}

	private static String of(String name) {
		return ReflectionUtils.findMethod(JobReads.class, name, (Class<?>[]) null)
			.getAnnotation(NativeQuery.class)
			.value();
	}

}
