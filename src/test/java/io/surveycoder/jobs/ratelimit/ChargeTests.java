package io.surveycoder.jobs.ratelimit;

import java.util.ArrayList;
import java.util.List;

import io.surveycoder.jobs.http.ErrorGate;
import org.junit.jupiter.api.Test;

import org.springframework.mock.web.MockHttpServletRequest;

import static org.assertj.core.api.Assertions.assertThat;

class ChargeTests {

	private final List<String> done = new ArrayList<>();

	private final Charge charge = new Charge(() -> this.done.add("take"), () -> this.done.add("look"));

	private final MockHttpServletRequest request = new MockHttpServletRequest();

	@Test
	void isSettledOnce() {
		this.charge.insist();
		this.charge.waive();
		this.charge.insist();
		assertThat(this.done).containsExactly("take");
	}

	@Test
	void waivedIsNotTakenLater() {
		this.charge.attachTo(this.request);
		Charge.of(this.request).waive();
		ErrorGate.of(this.request).pass();
		assertThat(this.done).containsExactly("look");
	}

	@Test
	void errorTakesWhatIsNotSettled() {
		this.charge.attachTo(this.request);
		ErrorGate.of(this.request).pass();
		assertThat(this.done).containsExactly("take");
	}

	@Test
	void requestWithoutOneHasPaid() {
		Charge.of(this.request).insist();
		Charge.of(this.request).waive();
		ErrorGate.of(this.request).pass();
		assertThat(this.done).isEmpty();
	}

}
