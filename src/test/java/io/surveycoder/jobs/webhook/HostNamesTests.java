package io.surveycoder.jobs.webhook;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import io.surveycoder.jobs.testing.Race;
import io.surveycoder.jobs.webhook.HostNames.ForbiddenAddressException;
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
