package io.surveycoder.jobs.job;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class JobProgressTests {

	@ParameterizedTest
	@CsvSource({ "0,500,false,0", "120,500,false,24", "1,3,false,33", "2,3,false,66", "999,1000,false,99",
			"3,3,true,100", "3,3,false,100", "0,0,false,0", "0,0,true,100", "2147483646,2147483647,false,99",
			"2147483647,2147483647,true,100", "1,2147483647,false,0" })
	void percentageIsRoundedDown(int processed, int total, boolean completed, int percentage) {
		assertThat(JobProgress.of(processed, total, completed))
			.isEqualTo(new JobProgress(processed, total, percentage));
	}

}
