package io.surveycoder.jobs.webhook;

import io.surveycoder.jobs.webhook.InFlight.Ending;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class InFlightTests {

	private final InFlight inFlight = new InFlight(InFlight.MOST);

	@Test
	void webhookHasRoomForSixtyFour() {
		assertThat(this.inFlight.room("wh_1", 0)).isEqualTo(64);
		begin("wh_1", 60);
		assertThat(this.inFlight.room("wh_1", 0)).isEqualTo(4);
		assertThat(this.inFlight.room("wh_2", 0)).isEqualTo(64);
		begin("wh_1", 4);
		assertThat(this.inFlight.room("wh_1", 0)).isZero();
		this.inFlight.end("wh_1", Ending.FAILURE);
		assertThat(this.inFlight.room("wh_1", 0)).isEqualTo(1);
	}

	@Test
	void pastAThousandOnlyThoseThatAnswerHaveMoreThanFour() {
		for (int i = 0; i < 20; i++) {
			begin("hangs_" + i, 50);
		}
		assertThat(this.inFlight.total()).isEqualTo(1000);
		assertThat(this.inFlight.room("wh_new", 0)).isEqualTo(4);
		assertThat(this.inFlight.room("hangs_0", 0)).isZero();
		begin("wh_new", 1);
		this.inFlight.end("wh_new", Ending.SUCCESS);
		assertThat(this.inFlight.room("wh_new", 0)).isEqualTo(64);
		begin("wh_new", 1);
		this.inFlight.end("wh_new", Ending.NO_ATTEMPT);
		assertThat(this.inFlight.room("wh_new", 0)).isEqualTo(64);
		begin("wh_new", 1);
		this.inFlight.end("wh_new", Ending.FAILURE);
		assertThat(this.inFlight.room("wh_new", 0)).isEqualTo(4);
	}

	@Test
	void twoThousandAreTheEnd() {
		assertThat(this.inFlight.room("wh_1", 1998)).isEqualTo(2);
		assertThat(this.inFlight.room("wh_1", 2000)).isZero();
		assertThat(this.inFlight.room("wh_1", 2100)).isZero();
	}

	private void begin(String webhook, int count) {
		for (int i = 0; i < count; i++) {
			this.inFlight.begin(webhook);
		}
	}

}
