package io.surveycoder.jobs.job.poll;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Where and how large the files with large results may be.
 *
 * @param maxSize what they may take together, 0 (none is written) to 1 TB
 * @param directory in which the process makes its own; absent: where temporary files are
 */
@ConfigurationProperties("jobs.large-results")
record LargeResultsSettings(@DefaultValue("1GB") DataSize maxSize, @Nullable Path directory) {

	LargeResultsSettings {
		if (maxSize.isNegative() || maxSize.compareTo(DataSize.ofTerabytes(1)) > 0) {
			throw new IllegalArgumentException("jobs.large-results.max-size must be 0 to 1TB, not " + maxSize);
		}
	}

	Path parent() {
		return ((this.directory != null && !this.directory.toString().isEmpty()) ? this.directory
				: Path.of(System.getProperty("java.io.tmpdir")))
			.toAbsolutePath()
			.normalize();
	}

}
