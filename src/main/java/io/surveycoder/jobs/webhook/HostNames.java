package io.surveycoder.jobs.webhook;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Looks host names up, and gives only addresses that deliveries may go to. On platform
 * threads of its own: a lookup cannot be interrupted, and while it waits it would take
 * one of the few threads that carry all virtual ones. A host is looked up once at a time,
 * so one whose name server hangs takes one thread, however many wait for it. It is not
 * looked up again for a minute after it did not answer, so that many such hosts do not
 * take all threads from those that answer.
 */
@Component
class HostNames implements DisposableBean {

	// A thread that waits costs little more than what it has used of its stack.
	private static final int THREADS = 256;

	private static final Duration PATIENCE = Duration.ofSeconds(5);

	private static final Duration REST_OF_UNANSWERED = Duration.ofMinutes(1);

	private static final Duration REST_WITHOUT_THREAD = Duration.ofSeconds(5);

	private static final int MOST_UNANSWERED = 10_000;

	// Each that does not answer costs a part of the time that an attempt has.
	private static final int MOST_ADDRESSES = 2;

	private final AddressPolicy policy;

	private final Lookup lookup;

	private final Duration patience;

	private final Ticker ticker;

	private final ThreadPoolExecutor threads;

	// Until when they are not looked up, by the ticker.
	private final Cache<String, Long> unanswered;

	private final Map<String, CompletableFuture<InetAddress[]>> running = new ConcurrentHashMap<>();

	@Autowired
	HostNames(AddressPolicy policy) {
		this(policy, InetAddress::getAllByName);
	}

	HostNames(AddressPolicy policy, Lookup lookup) {
		this(policy, lookup, THREADS, PATIENCE, Ticker.systemTicker());
	}

	HostNames(AddressPolicy policy, Lookup lookup, int threads, Duration patience, Ticker ticker) {
		this.policy = policy;
		this.lookup = lookup;
		this.patience = patience;
		this.ticker = ticker;
		this.threads = new ThreadPoolExecutor(0, threads, 10, TimeUnit.SECONDS, new SynchronousQueue<>(),
				Thread.ofPlatform().name("webhook-names-", 0).daemon().factory());
		this.unanswered = Caffeine.newBuilder()
			.expireAfterWrite(REST_OF_UNANSWERED)
			.maximumSize(MOST_UNANSWERED)
			.ticker(ticker)
			.build();
	}

	/**
	 * The addresses to connect to, in the resolver's order.
	 * @param host a name, or an address in any spelling
	 * @throws ForbiddenAddressException when any of them is not allowed
	 * @throws NotLookedUpException when it was not looked up, for no fault of the host's
	 * @throws UnknownHostException when there is none, or none is known in 5 s
	 */
	List<InetAddress> addresses(String host) throws UnknownHostException {
		InetAddress[] found = lookUp(host);
		for (InetAddress address : found) {
			if (!this.policy.allows(address)) {
				throw new ForbiddenAddressException(host);
			}
		}
		return Arrays.stream(found).limit(MOST_ADDRESSES).toList();
	}

	private InetAddress[] lookUp(String host) throws UnknownHostException {
		Long restsUntil = this.unanswered.getIfPresent(host);
		if (restsUntil != null) {
			throw new NotLookedUpException(host, Duration.ofNanos(Math.max(0, restsUntil - this.ticker.read())));
		}
		try {
			return this.running.computeIfAbsent(host, this::begin).get(this.patience.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (ExecutionException ex) {
			throw (ex.getCause() instanceof UnknownHostException unknown) ? unknown : new UnknownHostException(host);
		}
		catch (TimeoutException _) {
			this.unanswered.put(host, this.ticker.read() + REST_OF_UNANSWERED.toNanos());
			throw new UnknownHostException(host + " was not resolved in time");
		}
		catch (RejectedExecutionException _) {
			throw new NotLookedUpException(host, REST_WITHOUT_THREAD);
		}
		catch (InterruptedException _) {
			Thread.currentThread().interrupt();
			throw new UnknownHostException("Interrupted");
		}
	}

	private CompletableFuture<InetAddress[]> begin(String host) {
		CompletableFuture<InetAddress[]> result = new CompletableFuture<>();
		this.threads.execute(() -> {
			try {
				result.complete(this.lookup.of(host));
				// Late, but the resolver knows it now.
				this.unanswered.invalidate(host);
			}
			catch (UnknownHostException | RuntimeException ex) {
				result.completeExceptionally(ex);
			}
			finally {
				this.running.remove(host, result);
			}
		});
		return result;
	}

	@Override
	public void destroy() {
		this.threads.shutdownNow();
	}

	/**
	 * How a name becomes addresses.
	 */
	@FunctionalInterface
	interface Lookup {

		InetAddress[] of(String host) throws UnknownHostException;

	}

	/**
	 * The host has an address that deliveries may not go to.
	 */
	static final class ForbiddenAddressException extends UnknownHostException {

		ForbiddenAddressException(String host) {
			super(host + " has an address that is not on the public internet");
		}

	}

	/**
	 * The host was not looked up: too many are being looked up, or it did not answer a
	 * moment ago. Nothing is known of it.
	 */
	static final class NotLookedUpException extends UnknownHostException {

		private final Duration rest;

		NotLookedUpException(String host, Duration rest) {
			super(host + " was not looked up");
			this.rest = rest;
		}

		/**
		 * After which it may be tried again.
		 */
		Duration rest() {
			return this.rest;
		}

	}

}
