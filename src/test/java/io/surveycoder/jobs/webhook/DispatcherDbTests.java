package io.surveycoder.jobs.webhook;

import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.surveycoder.jobs.access.ActiveOrganizations;
import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.Api.Tenant;
import io.surveycoder.jobs.testing.Race;
import io.surveycoder.jobs.testing.ServiceTest;
import io.surveycoder.jobs.webhook.OutboxStatements.Recorded;
import io.surveycoder.jobs.webhook.Receiver.Request;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * From the outbox to a receiver on this machine and into the log. Time is made to pass by
 * ageing rows.
 */
@ServiceTest
@ExtendWith(OutputCaptureExtension.class)
class DispatcherDbTests {

	private final SecretSeal seal = SecretSealTests.seal(SecretSealTests.key(1));

	private final WebhookSecret secret = WebhookSecret.generate();

	private final Receiver receiver = new Receiver();

	private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

	@Autowired
	JdbcClient jdbc;

	@Autowired
	Api api;

	@Autowired
	OutboxStatements statements;

	@Autowired
	ActiveOrganizations organizations;

	private WebhookRows rows;

	private Tenant tenant;

	private Dispatcher dispatcher;

	@BeforeEach
	void prepare() {
		// The senders take whatever is due, and other tests' receivers are not there.
		this.jdbc.sql("delete from webhook_delivery").update();
		this.rows = new WebhookRows(this.jdbc);
		this.tenant = this.api.tenant();
		this.dispatcher = dispatcher(Duration.ofSeconds(10));
	}

	@AfterEach
	void end() {
		this.receiver.close();
		this.jdbc.sql("delete from webhook where organization_id = ?").param(this.tenant.organization()).update();
	}

	@Test
	void finishedJobIsDeliveredSignedAndLogged() {
		String webhook = webhook(this.receiver.url("/hooks"));
		JsonNode job = this.api.submit(this.tenant, ",\"total\":7,\"metadata\":{\"project\":\"x\"}");
		JsonNode done = this.api.work(this.api.claim(job), "complete", ",\"result\":{}").data();
		send();
		Request request = this.receiver.requests().getFirst();
		assertThat(request.line()).startsWith("POST /hooks ");
		assertThat(request.text())
			.isEqualTo("{\"event\":\"job.completed\",\"job_id\":" + job.get("id") + ",\"timestamp\":"
					+ done.get("updated_at") + ",\"project\":\"x\",\"result\":{\"responses_coded\":7}}");
		String id = this.rows.deliveries(this.tenant.organization(), "id").getFirst();
		assertThat(request.headers()).containsEntry("X-Event", "job.completed")
			.containsEntry("X-Attempt", "1")
			.containsEntry("Content-Type", "application/json")
			.containsEntry("webhook-id", id)
			.containsEntry("X-Signature", this.secret.signature(request.body()))
			.containsEntry("webhook-signature", this.secret.standardSignature(id,
					Long.parseLong(request.headers().get("webhook-timestamp")), request.body()));
		long skew = System.currentTimeMillis() / 1000 - Long.parseLong(request.headers().get("webhook-timestamp"));
		assertThat(skew).isBetween(-5L, 60L);
		JsonNode logged = this.api.get("/v2/webhooks/" + webhook + "/deliveries", this.tenant.key()).data().get(0);
		assertThat(logged.get("status").stringValue()).isEqualTo("succeeded");
		assertThat(logged.has("next_attempt_at")).isFalse();
		assertThat(logged.at("/attempts/0/status_code").intValue()).isEqualTo(200);
		assertThat(logged.at("/attempts/0/attempt").intValue()).isEqualTo(1);
		assertThat(logged.at("/attempts/0").has("error")).isFalse();
		assertThat(this.meters.get("jobs.webhooks.attempts").tag("outcome", "succeeded").counter().count())
			.isEqualTo(1);
		send();
		assertThat(this.receiver.requests()).hasSize(1);
	}

	@Test
	void failedJobIsDeliveredWithItsError() {
		webhook(this.receiver.url("/"));
		JsonNode job = this.api.submit(this.tenant, ",\"max_attempts\":1");
		this.api.work(this.api.claim(job), "fail", ",\"error\":{\"code\":\"E\",\"message\":\"m\"}");
		send();
		assertThat(this.receiver.requests().getFirst().text())
			.endsWith(",\"error\":{\"code\":\"E\",\"message\":\"m\"}}");
	}

	@Test
	void failedAttemptsAreRepeatedOnScheduleAndThenDropped() {
		this.receiver.does(Receiver.answer("500 Oops", ""));
		String delivery = this.rows.deliver(webhook(this.receiver.url("/")));
		List<Integer> rests = List.of(5, 30, 300);
		for (int attempt = 1; attempt <= 4; attempt++) {
			send();
			assertThat(this.receiver.requests()).hasSize(attempt);
			Request request = this.receiver.requests().getLast();
			assertThat(request.headers()).containsEntry("X-Attempt", "" + attempt)
				.containsEntry("webhook-id", delivery);
			assertThat(request.body()).isEqualTo(this.receiver.requests().getFirst().body());
			if (attempt < 4) {
				int rest = rests.get(attempt - 1);
				assertThat(this.rows.delivery(delivery, "status || ' ' || (due_at - now() between interval '"
						+ (rest - 4) + " s' and interval '" + rest + " s')"))
					.isEqualTo("pending true");
				send();
				assertThat(this.receiver.requests()).as("not before its time").hasSize(attempt);
				this.rows.set(delivery, "due_at = now()");
			}
		}
		assertThat(this.rows.delivery(delivery, "status || ' ' || coalesce(due_at::text, 'never')"))
			.isEqualTo("failed never");
		assertThat(this.rows.delivery(delivery, "jsonb_path_query_array(attempts, '$[*].status')"))
			.isEqualTo("[500, 500, 500, 500]");
		send();
		assertThat(this.receiver.requests()).hasSize(4);
		assertThat(this.meters.get("jobs.webhooks.attempts").tag("outcome", "exhausted").counter().count())
			.isEqualTo(1);
	}

	@Test
	void redeliveryIsAFreshRoundWithTheSameIdAndBody() {
		String webhook = webhook(this.receiver.url("/"));
		String delivery = this.rows.deliver(webhook);
		send();
		this.api.send("POST", "/v2/webhooks/" + webhook + "/deliveries/" + delivery + "/redeliver", this.tenant.key(),
				null);
		send();
		assertThat(this.receiver.requests()).hasSize(2)
			.allSatisfy((request) -> assertThat(request.headers()).containsEntry("webhook-id", delivery)
				.containsEntry("X-Attempt", "1"));
		assertThat(this.receiver.requests().get(1).body()).isEqualTo(this.receiver.requests().get(0).body());
		assertThat(this.rows.delivery(delivery, "jsonb_array_length(attempts)")).isEqualTo("2");
	}

	@Test
	void deliveryClaimedByAnInstanceThatDiedIsSentAgainAsTheSameAttempt() {
		String webhook = webhook(this.receiver.url("/"));
		String delivery = this.rows.deliver(webhook);
		// It dies here, or after it sent and before it recorded: nothing else is kept.
		assertThat(this.statements.claim(List.of(webhook), List.of(10), Dispatcher.LEASE)).hasSize(1);
		send();
		assertThat(this.receiver.requests()).as("while the lease runs").isEmpty();
		this.rows.set(delivery, "due_at = now()");
		send();
		assertThat(this.receiver.requests()).singleElement()
			.satisfies((request) -> assertThat(request.headers()).containsEntry("X-Attempt", "1")
				.containsEntry("webhook-id", delivery));
		assertThat(this.rows.delivery(delivery, "status || ' ' || attempt")).isEqualTo("succeeded 1");
	}

	@Test
	void lateResultOfALostLeaseChangesNothing() {
		String webhook = webhook(this.receiver.url("/"));
		String delivery = this.rows.deliver(webhook);
		ClaimedDelivery lost = this.statements.claim(List.of(webhook), List.of(1), Dispatcher.LEASE).getFirst();
		this.rows.set(delivery, "due_at = now()");
		ClaimedDelivery taken = this.statements.claim(List.of(webhook), List.of(1), Dispatcher.LEASE).getFirst();
		this.statements.record(List.of(new Recorded(lost, AttemptResult.failed("x", Duration.ZERO))));
		assertThat(this.rows.delivery(delivery, "attempt || ' ' || attempts")).isEqualTo("0 []");
		this.statements.record(List.of(new Recorded(taken, AttemptResult.answered(200, Duration.ofMillis(5)))));
		assertThat(this.rows.delivery(delivery, "status || ' ' || attempt")).isEqualTo("succeeded 1");
	}

	@Test
	void twoSendersNeverClaimTheSameDelivery() {
		String webhook = webhook(this.receiver.url("/"));
		for (int i = 0; i < 60; i++) {
			this.rows.deliver(webhook);
		}
		List<List<String>> claims = Race.of(java.util.Collections.nCopies(6,
				() -> Stream.generate(() -> this.statements.claim(List.of(webhook), List.of(5), Dispatcher.LEASE))
					.limit(4)
					.flatMap(List::stream)
					.map(ClaimedDelivery::id)
					.toList()));
		List<String> all = claims.stream().flatMap(List::stream).toList();
		Set<String> distinct = new HashSet<>(all);
		assertThat(distinct).hasSameSizeAs(all).hasSize(60);
	}

	@Test
	void everyDeliveryIsSentOnceByTwoInstances() {
		webhookOfMany(200);
		Dispatcher other = dispatcher(Duration.ofSeconds(10));
		Race.of(() -> drain(this.dispatcher), () -> drain(other));
		assertThat(this.receiver.requests()).hasSize(200)
			.extracting((request) -> request.headers().get("webhook-id"))
			.doesNotHaveDuplicates();
	}

	@Test
	void receiverThatHangsHoldsUpNoOther() {
		this.receiver.does(Receiver.HANGS);
		String hanging = webhookOfMany(200);
		try (Receiver other = new Receiver()) {
			String webhook = webhook(other.url("/"));
			for (int i = 0; i < 20; i++) {
				this.rows.deliver(webhook);
			}
			assertThat(this.dispatcher.dispatch()).isTrue();
			await().untilAsserted(() -> assertThat(other.requests()).hasSize(20));
			await().until(() -> this.dispatcher.inFlight() == 64);
			assertThat(this.dispatcher.dispatch()).as("more is due and there is no room").isTrue();
			assertThat(this.dispatcher.inFlight()).isEqualTo(64);
			String late = this.rows.deliver(webhook);
			this.dispatcher.dispatch();
			await().untilAsserted(
					() -> assertThat(other.requests().getLast().headers()).containsEntry("webhook-id", late));
			assertThat(this.rows.deliveries(this.tenant.organization(),
					"case when webhook_id = '" + hanging + "' then lease is not null end"))
				.filteredOn("true"::equals)
				.hasSize(64);
		}
	}

	@Test
	void webhooksTakeTurnsWhereThereIsRoomForOneOnly() {
		this.receiver.does(Receiver.HANGS);
		webhookOfMany(100);
		webhookOfMany(100);
		webhookOfMany(100);
		Dispatcher small = new Dispatcher(this.statements, this.organizations, sender(Duration.ofMillis(200)),
				this.meters, new InFlight(8));
		for (int turn = 1; turn <= 3; turn++) {
			do {
				await().until(() -> small.inFlight() == 0);
				assertThat(small.dispatch()).isTrue();
			}
			while (small.inFlight() == 0);
			assertThat(small.inFlight()).isEqualTo(8);
			await().until(() -> small.inFlight() == 0);
			assertThat(this.jdbc.sql(
					"select count(distinct webhook_id) from webhook_delivery where organization_id = ? and attempt > 0")
				.param(this.tenant.organization())
				.query(Integer.class)
				.single()).isEqualTo(turn);
		}
	}

	@Test
	void slowAnswerIsATimeOutAndIsRepeated() {
		this.dispatcher = dispatcher(Duration.ofMillis(300));
		this.receiver.does(Receiver.DRIPPING_BODY);
		String delivery = this.rows.deliver(webhook(this.receiver.url("/")));
		send();
		assertThat(this.rows.delivery(delivery, "status || ' ' || (attempts -> 0 ->> 'error')"))
			.isEqualTo("pending No whole answer within 0.3 s");
	}

	@Test
	void deletedWebhookIsSentNothingMore() {
		String webhook = webhook(this.receiver.url("/"));
		this.rows.deliver(webhook);
		this.api.send("DELETE", "/v2/webhooks/" + webhook, this.tenant.key(), null);
		send();
		assertThat(this.receiver.requests()).isEmpty();
	}

	@Test
	void webhookThatIsNotActiveIsSentNothing() {
		String webhook = webhook(this.receiver.url("/"));
		this.rows.deliver(webhook);
		this.jdbc.sql("update webhook set active = false where id = ?").param(webhook).update();
		send();
		assertThat(this.receiver.requests()).isEmpty();
	}

	@Test
	void disabledOrganizationIsSentNothing() {
		this.rows.deliver(webhook(this.receiver.url("/")));
		this.api.send("DELETE", "/internal/v1/organizations/" + this.tenant.organization(), Api.ADMIN_KEY, null);
		send();
		assertThat(this.receiver.requests()).isEmpty();
	}

	@Test
	void deliveryWhoseSecretCannotBeReadWaitsAndUsesNoAttempt() {
		String webhook = this.rows.insert(this.tenant.organization(), this.receiver.url("/"), "secret",
				"'\\x01020304'");
		String delivery = this.rows.deliver(webhook);
		send();
		assertThat(this.receiver.requests()).isEmpty();
		assertThat(this.rows.delivery(delivery,
				"status || ' ' || attempt || ' ' || coalesce(lease::text, 'free') || ' ' || "
						+ "(due_at between now() + interval '4 min' and now() + interval '5 min')"))
			.isEqualTo("pending 0 free true");
	}

	@Test
	void deliveryWhoseHostIsNotLookedUpWaitsAndUsesNoAttempt() {
		CountDownLatch end = new CountDownLatch(1);
		HostNames names = HostNamesTests.hanging(end, 1, () -> 0);
		assertThatExceptionOfType(UnknownHostException.class).isThrownBy(() -> names.addresses("hangs.example"));
		Receivers receivers = new Receivers(names, AddressPolicyTests.allowing(), Duration.ofSeconds(10),
				Duration.ofSeconds(5));
		this.dispatcher = new Dispatcher(this.statements, this.organizations, sender(receivers), this.meters);
		String withoutThread = this.rows.deliver(webhook("http://innocent.example/"));
		String resting = this.rows.deliver(webhook("http://hangs.example/"));
		send();
		end.countDown();
		String state = "status || ' ' || attempt || ' ' || attempts || ' ' || coalesce(lease::text, 'free') || ' ' || ";
		assertThat(this.rows.delivery(withoutThread, state + "(due_at between now() and now() + interval '5 s')"))
			.isEqualTo("pending 0 [] free true");
		assertThat(this.rows.delivery(resting,
				state + "(due_at between now() + interval '40 s' and now() + interval '60 s')"))
			.isEqualTo("pending 0 [] free true");
	}

	@Test
	void manyDeliveriesWhoseSecretCannotBeReadAreToldOfOnce(CapturedOutput output) {
		String webhook = this.rows.insert(this.tenant.organization(), this.receiver.url("/"), "secret",
				"'\\x01020304'");
		for (int i = 0; i < 3; i++) {
			this.rows.deliver(webhook);
		}
		send();
		assertThat(output.getAll().split("neither jobs.webhooks.encryption-key", -1)).hasSize(2);
	}

	@Test
	void backlogOfManyIsFoundBehindOthers() {
		String first = webhookOfMany(300);
		String other = webhook(this.receiver.url("/other"));
		this.rows.deliver(other);
		assertThat(this.statements.waiting("", 10)).extracting(OutboxStatements.Waiting::webhookId)
			.containsExactlyInAnyOrder(first, other);
		assertThat(this.statements.waiting("", 1)).hasSize(1);
		String smaller = (first.compareTo(other) < 0) ? first : other;
		assertThat(this.statements.waiting(smaller, 10)).hasSize(1);
	}

	private Dispatcher dispatcher(Duration timeOut) {
		return new Dispatcher(this.statements, this.organizations, sender(timeOut), this.meters);
	}

	private DeliverySender sender(Duration timeOut) {
		return sender(ReceiversTests.receivers(timeOut));
	}

	private DeliverySender sender(Receivers receivers) {
		return new DeliverySender(this.seal, receivers, this.statements, new DeliveryMeters(this.meters));
	}

	private String webhook(String url) {
		String webhook = this.rows.insert(this.tenant.organization(), url);
		this.jdbc.sql("update webhook set secret = ? where id = ?")
			.params(this.seal.seal(this.secret, webhook), webhook)
			.update();
		return webhook;
	}

	private String webhookOfMany(int deliveries) {
		String webhook = webhook(this.receiver.url("/"));
		this.jdbc
			.sql("""
					insert into webhook_delivery (webhook_id, id, organization_id, event, job_id, processed, occurred_at, due_at)
					select ?, webhook_delivery_id(), ?, 'job.completed', 'job_1', 1, now(), now() from generate_series(1, ?)
					""")
			.params(webhook, this.tenant.organization(), deliveries)
			.update();
		return webhook;
	}

	private void send() {
		drain(this.dispatcher);
	}

	private boolean drain(Dispatcher one) {
		do {
			await().until(() -> one.inFlight() == 0);
		}
		while (one.dispatch());
		await().until(() -> one.inFlight() == 0);
		return true;
	}

}
