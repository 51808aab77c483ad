package io.surveycoder.jobs.webhook;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import com.github.benmanes.caffeine.cache.Ticker;
import io.surveycoder.jobs.testing.Race;
import io.surveycoder.jobs.webhook.HostNames.ForbiddenAddressException;
import io.surveycoder.jobs.webhook.HostNames.NotLookedUpException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class HostNamesTests {

	@Test
	void onlyPublicAddressesAreGiven() throws UnknownHostException {
		assertThat(names("8.8.8.8", "1.1.1.1").addresses("x")).extracting(InetAddress::getHostAddress)
			.containsExactly("8.8.8.8", "1.1.1.1");
	}

	@Test
	void nameWithOneForbiddenAddressIsRefusedWhole() {
		assertThatExceptionOfType(ForbiddenAddressException.class)
			.isThrownBy(() -> names("8.8.8.8", "10.0.0.1").addresses("x"));
		assertThatExceptionOfType(ForbiddenAddressException.class)
			.isThrownBy(() -> names("8.8.8.8", "1.1.1.1", "1.0.0.1", "::1").addresses("x"));
	}

	@Test
	void atMostTwoAddressesAreTried() throws UnknownHostException {
		assertThat(names("8.8.8.8", "1.1.1.1", "1.0.0.1").addresses("x")).hasSize(2);
	}

	@Test
	void unknownNameIsUnknown() {
		assertThatExceptionOfType(UnknownHostException.class)
			.isThrownBy(() -> new HostNames(AddressPolicyTests.allowing(), (host) -> {
				throw new UnknownHostException(host);
			}).addresses("nowhere.invalid"))
			.isNotInstanceOf(ForbiddenAddressException.class);
	}

	@Test
	void nameIsLookedUpOnceForAllThatWaitForIt() {
		AtomicInteger lookups = new AtomicInteger();
		CountDownLatch asked = new CountDownLatch(8);
		HostNames names = new HostNames(AddressPolicyTests.allowing(), (_) -> {
			lookups.incrementAndGet();
			await(asked);
			return new InetAddress[] { InetAddress.ofLiteral("8.8.8.8") };
		});
		// All but the last have asked before any is answered.
		List<Integer> found = Race.of(java.util.Collections.nCopies(8, () -> {
			asked.countDown();
			return names.addresses("slow.example").size();
		}));
		assertThat(found).hasSize(8).containsOnly(1);
		assertThat(lookups).hasValueLessThan(8);
	}

	@Test
	void hostForWhichNoThreadIsFreeIsNotJudged() {
		CountDownLatch end = new CountDownLatch(1);
		HostNames names = hanging(end, 1, () -> 0);
		assertUnanswered(names, "hangs.example");
		assertThatExceptionOfType(NotLookedUpException.class).isThrownBy(() -> names.addresses("other.example"))
			.satisfies((ex) -> assertThat(ex.rest()).isEqualTo(Duration.ofSeconds(5)));
		end.countDown();
	}

	@Test
	void hostThatDidNotAnswerIsNotLookedUpForAMinute() {
		CountDownLatch end = new CountDownLatch(1);
		AtomicLong now = new AtomicLong(7);
		HostNames names = hanging(end, 2, now::get);
		assertUnanswered(names, "hangs.example");
		now.addAndGet(TimeUnit.SECONDS.toNanos(20));
		assertThatExceptionOfType(NotLookedUpException.class).isThrownBy(() -> names.addresses("hangs.example"))
			.satisfies((ex) -> assertThat(ex.rest()).isEqualTo(Duration.ofSeconds(40)));
		assertUnanswered(names, "other.example");
		now.addAndGet(TimeUnit.SECONDS.toNanos(41));
		assertUnanswered(names, "hangs.example");
		end.countDown();
	}

	@Test
	void hostThatAnswersLateIsLookedUpAtOnceAgain() {
		CountDownLatch late = new CountDownLatch(1);
		HostNames names = new HostNames(AddressPolicyTests.allowing(), (_) -> {
			await(late);
			return new InetAddress[] { InetAddress.ofLiteral("8.8.8.8") };
		}, 1, Duration.ofMillis(100), () -> 0);
		assertUnanswered(names, "slow.example");
		late.countDown();
		Awaitility.await()
			.ignoreException(NotLookedUpException.class)
			.until(() -> names.addresses("slow.example").size() == 1);
	}

	/**
	 * With no patience, and lookups that end when they are told to.
	 */
	static HostNames hanging(CountDownLatch end, int threads, Ticker ticker) {
		return new HostNames(AddressPolicyTests.allowing(), (host) -> {
			await(end);
			throw new UnknownHostException(host);
		}, threads, Duration.ZERO, ticker);
	}

	private static void assertUnanswered(HostNames names, String host) {
		assertThatExceptionOfType(UnknownHostException.class).isThrownBy(() -> names.addresses(host))
			.isNotInstanceOf(NotLookedUpException.class);
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static HostNames names(String... addresses) {
		return new HostNames(AddressPolicyTests.allowing(),
				(_) -> List.of(addresses).stream().map(InetAddress::ofLiteral).toArray(InetAddress[]::new));
	}

}
