package io.surveycoder.jobs.chaos;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.surveycoder.jobs.testing.Api;
import io.surveycoder.jobs.testing.Api.Tenant;
import io.surveycoder.jobs.testing.TestDatabase;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Drives jobs through two instances that go away and come back in turn, by workers that
 * are killed and paused, until every job is finished.
 */
final class ChaosRun implements AutoCloseable {

	private static final int WORKERS = 16;

	private static final int SUBMITTERS = 3;

	private static final int AUDITS = 4;

	private static final int PAUSED_AT_ONCE = 6;

	private static final int TENANTS = 5;

	// So many submissions are ready twice, and made by two back ends at once.
	private static final int RACED_PER_HUNDRED = 10;

	private static final int REPORTED = 3;

	// How often an instance goes away: killed, but for this one time.
	private static final int OUTAGES = 4;

	private static final int TERMINATED = 3;

	private final ClientLog log = new ClientLog();

	private final Deadline deadline = Deadline.in(Duration.ofMinutes(5));

	private final Clients clients = new Clients();

	private final BlockingQueue<PlannedSubmission> ready = new LinkedBlockingQueue<>();

	private final AtomicInteger unfinishedSubmissions = new AtomicInteger();

	private final Semaphore pauses = new Semaphore(PAUSED_AT_ONCE);

	private final long seed;

	private final int jobs;

	private final Instances instances;

	private int randoms;

	ChaosRun(long seed, int jobs, Path folder, TestDatabase database) throws IOException, InterruptedException {
		this.seed = seed;
		this.jobs = jobs;
		this.instances = new Instances(folder, database);
	}

	/**
	 * Runs until every job is finished and was polled.
	 * @return what the clients wrote down
	 */
	ClientLog run() throws Exception {
		this.instances.start(0);
		awaitUp(0);
		Random random = random();
		Api api = new Api(this.instances.base(0));
		List<Tenant> tenants = IntStream.range(0, TENANTS).mapToObj((_) -> api.tenant()).toList();
		List<PlannedSubmission> planned = PlannedSubmission.plan(random, this.jobs, tenants);
		this.unfinishedSubmissions.set(planned.size());
		this.instances.start(1);
		startClients();
		breakInstances(planned, random);
		await("all submissions", () -> this.unfinishedSubmissions.get() == 0);
		await("nineteen jobs of twenty", () -> this.log.finished() >= this.jobs * 19L / 20);
		this.log.calm().complete(null);
		ChaosAuditor auditor = new ChaosAuditor(this.log);
		startAudit(auditor::pollFinished);
		Caller caller = caller(random);
		await("every job", () -> auditor.areAllFinished(caller));
		awaitUp(OUTAGES % Instances.COUNT);
		this.log.over().complete(null);
		awaitClients();
		startAudit(auditor::audit);
		awaitClients();
		return this.log;
	}

	private void startClients() {
		for (int i = 1; i <= SUBMITTERS; i++) {
			String name = "submitter-" + i;
			Random random = random();
			this.clients.start(() -> {
				new ChaosSubmitter(name, random, caller(random), this.log).submit(this.ready,
						this.unfinishedSubmissions);
				return null;
			});
		}
		for (int i = 1; i <= WORKERS; i++) {
			String name = "worker-" + i;
			Random random = random();
			this.clients.start(() -> {
				work(name, random);
				return null;
			});
		}
	}

	private void work(String name, Random random) throws Exception {
		for (int life = 1; !this.log.over().isDone(); life++) {
			Caller caller = caller(random);
			try {
				new ChaosWorker(name + "." + life, random, caller, this.log, this.pauses, this.deadline).work();
			}
			catch (ChaosWorker.Killed _) {
				this.log.count(Happening.WORKER_KILLED);
			}
			finally {
				caller.hangUp();
			}
		}
	}

	// Each time that an instance is away gets jobs of its own, and the instance goes when
	// some of them are done: so that each time there is work to be disturbed.
	private void breakInstances(List<PlannedSubmission> planned, Random random) throws Exception {
		for (int outage = 0; outage <= OUTAGES; outage++) {
			List<PlannedSubmission> share = planned.subList(planned.size() * outage / (OUTAGES + 1),
					planned.size() * (outage + 1) / (OUTAGES + 1));
			int done = this.log.finished()
					+ share.stream().mapToInt((submission) -> submission.jobs.size()).sum() * random.nextInt(60) / 100;
			share.forEach((submission) -> offer(submission, random));
			if (outage > 0) {
				await(done + " finished jobs", () -> this.log.finished() >= done);
				awaitUp(0);
				awaitUp(1);
				breakInstance(outage % Instances.COUNT, outage == TERMINATED);
			}
		}
	}

	private void offer(PlannedSubmission submission, Random random) {
		this.ready.add(submission);
		if (random.nextInt(100) < RACED_PER_HUNDRED) {
			this.log.count(Happening.SUBMIT_RACED);
			this.unfinishedSubmissions.incrementAndGet();
			this.ready.add(submission);
		}
	}

	private void breakInstance(int instance, boolean terminated) throws Exception {
		if (terminated) {
			this.log.count(Happening.INSTANCE_TERMINATED);
			this.instances.terminate(instance);
		}
		else {
			this.log.count(Happening.INSTANCE_KILLED);
			this.instances.kill(instance);
		}
		this.instances.start(instance);
	}

	private void awaitUp(int instance) {
		await("instance " + instance, () -> this.instances.isUp(instance));
	}

	private void startAudit(AuditStep step) {
		for (int i = 0; i < AUDITS; i++) {
			int part = i;
			Caller caller = caller(random());
			this.clients.start(() -> {
				step.run(part, AUDITS, caller);
				return null;
			});
		}
	}

	private void awaitClients() {
		await("all clients", () -> this.clients.areAllDone());
	}

	private Caller caller(Random random) {
		return new Caller(this.instances, this.log, this.deadline, random);
	}

	private Random random() {
		return new Random(this.seed * 1000 + this.randoms++);
	}

	private void await(String what, BooleanSupplier condition) {
		try {
			Awaitility.await()
				.pollInSameThread()
				.pollDelay(Duration.ZERO)
				.pollInterval(Duration.ofMillis(100))
				.atMost(this.deadline.left())
				.until(() -> {
					this.clients.checkThatNoneFailed();
					return condition.getAsBoolean();
				});
		}
		catch (ConditionTimeoutException ex) {
			throw new AssertionError("Waited in vain for " + what + "\n" + state(), ex);
		}
	}

	private String state() {
		String left = this.log.jobs()
			.stream()
			.filter((job) -> !this.log.isFinished(job.id))
			.limit(REPORTED)
			.flatMap((job) -> Stream.concat(Stream.of("Job " + job.id), job.lines().stream()))
			.map(Object::toString)
			.collect(Collectors.joining("\n"));
		return """
				With seed %d, %d of %d jobs are finished, %d submissions are not. Among those left:
				%s
				Clients:
				%s
				The instances' last lines:
				%s""".formatted(this.seed, this.log.finished(), this.jobs, this.unfinishedSubmissions.get(), left,
				this.clients.stacks(), this.instances.logs());
	}

	private interface AuditStep {

		void run(int part, int parts, Caller caller);

	}

	@Override
	public void close() {
		this.log.over().complete(null);
		this.clients.close();
		this.instances.close();
	}

}
