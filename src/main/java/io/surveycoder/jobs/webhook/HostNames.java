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

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Looks host names up, and gives only addresses that deliveries may go to. On platform
 * threads of its own: a lookup cannot be interrupted, and while it waits it would take
 * one of the few threads that carry all virtual ones. A host is looked up once at a time,
 * so one whose name server hangs takes one thread, however many wait for it.
 */
@Component
class HostNames implements DisposableBean {

	private static final int THREADS = 64;

	private static final Duration PATIENCE = Duration.ofSeconds(5);

	// Each that does not answer costs a part of the time that an attempt has.
	private static final int MOST_ADDRESSES = 2;

	private final AddressPolicy policy;

	private final Lookup lookup;

	private final ThreadPoolExecutor threads = new ThreadPoolExecutor(0, THREADS, 10, TimeUnit.SECONDS,
			new SynchronousQueue<>(), Thread.ofPlatform().name("webhook-names-", 0).daemon().factory());

	private final Map<String, CompletableFuture<InetAddress[]>> running = new ConcurrentHashMap<>();

	@Autowired
	HostNames(AddressPolicy policy) {
		this(policy, InetAddress::getAllByName);
	}

	HostNames(AddressPolicy policy, Lookup lookup) {
		this.policy = policy;
		this.lookup = lookup;
	}

	/**
	 * The addresses to connect to, in the resolver's order.
	 * @param host a name, or an address in any spelling
	 * @throws ForbiddenAddressException when any of them is not allowed
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
		try {
			return this.running.computeIfAbsent(host, this::begin).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (ExecutionException ex) {
			throw (ex.getCause() instanceof UnknownHostException unknown) ? unknown : new UnknownHostException(host);
		}
		catch (TimeoutException _) {
			throw new UnknownHostException(host + " was not resolved in time");
		}
		catch (RejectedExecutionException _) {
			throw new UnknownHostException("Too many names are being looked up");
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

}
