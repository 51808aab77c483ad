package io.surveycoder.jobs.job.poll;

import java.util.Optional;

import io.surveycoder.jobs.http.ApiException;
import io.surveycoder.jobs.http.ErrorCode;
import io.surveycoder.jobs.job.JobStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.mock.web.MockHttpServletRequest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class ListRequestTests {

	private final MockHttpServletRequest request = new MockHttpServletRequest();

	@Test
	void nothingAskedForIsTwentyInAnyStatus() {
		assertThat(ListRequest.parse(this.request)).isEqualTo(new ListRequest(Optional.empty(), 20));
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 9, 10, 20, 99, 100 })
	void limitIsOneToAHundred(int limit) {
		this.request.addParameter("limit", Integer.toString(limit));
		assertThat(ListRequest.parse(this.request).limit()).isEqualTo(limit);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "0", "101", "-1", "+5", " 5", "5 ", "05", "1.0", "1e2", "0x10", "abc", "1,2",
			"5\n", "\u0665", "999999999999999999999" })
	void anyOtherLimitIsNamed(String limit) {
		this.request.addParameter("limit", limit);
		assertThat(refusal()).isEqualTo("limit must be an integer between 1 and 100");
	}

	@ParameterizedTest
	@EnumSource
	void statusIsOneOfTheFour(JobStatus status) {
		this.request.addParameter("status", status.wire());
		assertThat(ListRequest.parse(this.request).status()).contains(status);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "QUEUED", "Queued", "queued ", "done", "queued,failed", "*" })
	void anyOtherStatusIsNamed(String status) {
		this.request.addParameter("status", status);
		assertThat(refusal()).startsWith("status must be one of queued, processing, completed, failed");
	}

	@ParameterizedTest
	@ValueSource(strings = { "limit", "status" })
	void whatIsRepeatedIsNamed(String name) {
		this.request.addParameter(name, name.equals("limit") ? "5" : "queued");
		this.request.addParameter(name, name.equals("limit") ? "5" : "queued");
		assertThat(refusal()).isEqualTo(name + " must be given once");
	}

	private String refusal() {
		ApiException ex = catchThrowableOfType(ApiException.class, () -> ListRequest.parse(this.request));
		assertThat(ex).as("accepted").isNotNull();
		assertThat(ex.code()).isEqualTo(ErrorCode.VALIDATION_ERROR);
		return ex.text();
	}

}
