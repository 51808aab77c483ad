package io.surveycoder.jobs;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Keeps the port open a while after readiness went down, so that load balancers find
 * other instances before this one refuses connections.
 */
@Component
class Drain implements SmartLifecycle {

	// Spring stops the highest phase first: after the claims, before the web server.
	private static final int PHASE = DEFAULT_PHASE - 512;

	private final Duration delay;

	private volatile boolean running;

	Drain(Settings settings) {
		this.delay = settings.delay;
	}

	@Override
	public void start() {
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
	}

	@Override
	public void stop(Runnable stopped) {
		stop();
		CompletableFuture.delayedExecutor(this.delay.toMillis(), TimeUnit.MILLISECONDS).execute(stopped);
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	/**
	 * How to stop.
	 *
	 * @param delay between readiness going down and the port closing, 0 to 8 s
	 */
	@ConfigurationProperties("jobs.drain")
	record Settings(@DefaultValue("2s") Duration delay) {

		private static final Duration LONGEST = Duration.ofSeconds(8);

		Settings {
			if (delay.isNegative() || delay.compareTo(LONGEST) > 0) {
				throw new IllegalArgumentException("jobs.drain.delay must be between 0s and 8s, not " + delay);
			}
		}

	}

}
