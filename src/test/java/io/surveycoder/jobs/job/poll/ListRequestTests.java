package io.surveycoder.jobs.job.poll;

import java.util.Optional;

import io.surveycoder.jobs.http.ApiException;
import io.surveycoder.jobs.http.ErrorCode;
import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.JobStatus;
import io.surveycoder.jobs.job.JobType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.mock.web.MockHttpServletRequest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class ListRequestTests {

	private final MockHttpServletRequest request = new MockHttpServletRequest();

	@Test
	void nothingAskedForIsTwentyInAnyStatus() {
		assertThat(ListRequest.parse(this.request))
			.isEqualTo(new ListRequest(Optional.empty(), Optional.empty(), 20, Optional.empty()));
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
	@EnumSource
	void typeIsOneOfTheThree(JobType type) {
		this.request.addParameter("type", type.wire());
		assertThat(ListRequest.parse(this.request).type()).contains(type);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "ONE_CALL", "oneCall", "one_call ", "other", "one_call,auto_coding", "*" })
	void anyOtherTypeIsNamed(String type) {
		this.request.addParameter("type", type);
		assertThat(refusal()).startsWith("type must be one of codebook_generation, auto_coding, one_call");
	}

	@Test
	void cursorIsTheJobThatThePageBeforeEndedWith() {
		JobId last = new JobId("job_1a2b3c4d5e6f7a8b9c0d1e2f");
		this.request.addParameter("cursor", Cursor.after(last));
		assertThat(ListRequest.parse(this.request).after()).contains(last);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "*", "job_1a2b3c4d5e6f7a8b9c0d1e2f", "YRorPE1eb3qLnA0eLx", "YRorPE1eb3qLnA0eLw==",
			"YRorPE1eb3qLnA0eL", "YRorPE1eb3qLnA0eLwA", "ZRorPE1eb3qLnA0eLw", "YRorPE1eb3qLnA0eLw ",
			"YR+rPE1eb3qLnA0eLw", "YQ" })
	void anyOtherCursorIsNamed(String cursor) {
		this.request.addParameter("cursor", cursor);
		assertThat(refusal()).startsWith("cursor must be ");
	}

	@Test
	void linkNamesTheSameListAfterItsLastJob() {
		JobId last = new JobId("job_1a2b3c4d5e6f7a8b9c0d1e2f");
		assertThat(ListRequest.parse(this.request).linkToNext("", last))
			.isEqualTo("</v2/jobs?limit=20&cursor=YRorPE1eb3qLnA0eLw>; rel=\"next\"");
		assertThat(new ListRequest(Optional.of(JobStatus.QUEUED), Optional.of(JobType.ONE_CALL), 7, Optional.of(last))
			.linkToNext("", last))
			.isEqualTo("</v2/jobs?limit=7&status=queued&type=one_call&cursor=YRorPE1eb3qLnA0eLw>; rel=\"next\"");
	}

	@ParameterizedTest
	@CsvSource({ "limit, 5", "status, queued", "type, one_call", "cursor, YRorPE1eb3qLnA0eLw" })
	void whatIsRepeatedIsNamed(String name, String value) {
		this.request.addParameter(name, value);
		this.request.addParameter(name, value);
		assertThat(refusal()).isEqualTo(name + " must be given once");
	}

	private String refusal() {
		ApiException ex = catchThrowableOfType(ApiException.class, () -> ListRequest.parse(this.request));
		assertThat(ex).as("accepted").isNotNull();
		assertThat(ex.code()).isEqualTo(ErrorCode.VALIDATION_ERROR);
		return ex.text();
	}

}
