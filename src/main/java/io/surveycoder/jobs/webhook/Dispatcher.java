package io.surveycoder.jobs.webhook;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.MeterRegistry;
import io.surveycoder.jobs.access.ActiveOrganizations;
import io.surveycoder.jobs.webhook.InFlight.Ending;
import io.surveycoder.jobs.webhook.OutboxStatements.Waiting;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Takes what is due from the outbox, as much as there is room for, and sends each on a
 * virtual thread of its own; on every instance. Webhooks take turns by their id.
 */
@Component
class Dispatcher implements SmartLifecycle {

	private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);

	/**
	 * For how long a claimed delivery is this instance's: all that an attempt may take
	 * and more. When it dies, the delivery is due again after that.
	 */
	static final Duration LEASE = Duration.ofSeconds(30);

	private static final int MOST_LOOKED_AT = 500;

	private static final long GAP_MILLIS = 200;

	// Between two looks in a busy time, so that one finds more than a few.
	private static final long SHORT_GAP_MILLIS = 10;

	private static final Duration PATIENCE_AT_STOP = Duration.ofSeconds(3);

	private final OutboxStatements statements;

	private final ActiveOrganizations organizations;

	private final DeliverySender sender;

	private final InFlight inFlight;

	private final CountDownLatch stopped = new CountDownLatch(1);

	private String after = "";

	private volatile boolean running;

	private volatile boolean failing;

	@Autowired
	Dispatcher(OutboxStatements statements, ActiveOrganizations organizations, DeliverySender sender,
			MeterRegistry meters) {
		this(statements, organizations, sender, meters, new InFlight(InFlight.MOST));
	}

	Dispatcher(OutboxStatements statements, ActiveOrganizations organizations, DeliverySender sender,
			MeterRegistry meters, InFlight inFlight) {
		this.inFlight = inFlight;
		this.statements = statements;
		this.organizations = organizations;
		this.sender = sender;
		meters.gauge("jobs.webhooks.in.flight", this.inFlight, InFlight::total);
	}

	@Scheduled(fixedDelay = GAP_MILLIS, timeUnit = TimeUnit.MILLISECONDS)
	void run() throws InterruptedException {
		try {
			while (this.stopped.getCount() > 0 && dispatch()) {
				this.inFlight.awaitEnd(GAP_MILLIS);
				if (this.stopped.await(SHORT_GAP_MILLIS, TimeUnit.MILLISECONDS)) {
					return;
				}
			}
			this.failing = false;
		}
		catch (DataAccessException ex) {
			// Once for each outage: it comes five times a second.
			if (!this.failing) {
				log.warn("Webhook deliveries cannot be looked for: {}", ex.getMostSpecificCause().getMessage());
			}
			this.failing = true;
		}
	}

	/**
	 * Looks once, and begins to send what it could take.
	 * @return whether more may be due
	 */
	boolean dispatch() {
		String start = this.after;
		List<Waiting> waiting = this.statements.waiting(start, MOST_LOOKED_AT);
		boolean atTheEnd = waiting.size() < MOST_LOOKED_AT;
		this.after = atTheEnd ? "" : waiting.getLast().webhookId();
		return take(deliverable(waiting), start) || !atTheEnd || !start.isEmpty();
	}

	private List<Waiting> deliverable(List<Waiting> waiting) {
		List<Waiting> due = new ArrayList<>();
		Set<String> organizations = new HashSet<>();
		for (Waiting one : waiting) {
			if (one.due() && one.organizationId() != null) {
				due.add(one);
				organizations.add(one.organizationId());
			}
		}
		if (due.isEmpty()) {
			return due;
		}
		Map<String, Boolean> active = this.organizations.among(organizations);
		due.removeIf((one) -> !Boolean.TRUE.equals(active.get(one.organizationId())));
		return due;
	}

	// In lots: room is given before it is known how much of it is used.
	private boolean take(List<Waiting> due, String start) {
		boolean more = false;
		int next = 0;
		while (next < due.size()) {
			List<String> webhooks = new ArrayList<>();
			List<Integer> rooms = new ArrayList<>();
			int planned = 0;
			while (next < due.size() && this.inFlight.isRoomBeside(planned)) {
				String webhook = due.get(next++).webhookId();
				int room = this.inFlight.room(webhook, planned);
				if (room > 0) {
					webhooks.add(webhook);
					rooms.add(room);
					planned += room;
				}
				else {
					more = true;
				}
			}
			if (!webhooks.isEmpty()) {
				List<ClaimedDelivery> claimed = this.statements.claim(webhooks, rooms, LEASE);
				claimed.forEach(this::begin);
				more |= !claimed.isEmpty();
			}
			else if (next < due.size()) {
				// There is no room at all: the next look begins with those that had none.
				this.after = (next > 0) ? due.get(next - 1).webhookId() : start;
				return true;
			}
		}
		return more;
	}

	private void begin(ClaimedDelivery delivery) {
		this.inFlight.begin(delivery.webhookId());
		Thread.ofVirtual().name("webhook-delivery").start(() -> {
			Ending ending = Ending.FAILURE;
			try {
				ending = this.sender.send(delivery)
					.map((result) -> result.isSuccess() ? Ending.SUCCESS : Ending.FAILURE)
					.orElse(Ending.NO_ATTEMPT);
			}
			catch (RuntimeException ex) {
				log.warn("An attempt of {} was not recorded, and will be repeated: {}", delivery, ex.toString());
			}
			finally {
				this.inFlight.end(delivery.webhookId(), ending);
			}
		});
	}

	/**
	 * How many this instance is sending.
	 */
	int inFlight() {
		return this.inFlight.total();
	}

	@Override
	public void start() {
		this.running = true;
	}

	/**
	 * Takes no more, and waits a little for what is under way; what takes longer is
	 * repeated elsewhere.
	 */
	@Override
	public void stop() {
		this.running = false;
		this.stopped.countDown();
		long end = System.nanoTime() + PATIENCE_AT_STOP.toNanos();
		try {
			while (this.inFlight.total() > 0 && System.nanoTime() < end) {
				this.inFlight.awaitEnd(100);
			}
		}
		catch (InterruptedException _) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

}
