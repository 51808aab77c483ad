package io.surveycoder.jobs.webhook;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.stereotype.Component;

/**
 * To which addresses deliveries may go: those of the public internet, and what the
 * operator allows beside them. A customer gives the URL, so it must not reach what only
 * this machine or its network can (contract §5). By what IANA lists as special, and
 * everything that is not listed as global in IPv6.
 */
@Component
class AddressPolicy {

	private static final List<Network> SPECIAL = Stream.of(
			// This network, private, carrier-grade NAT, loopback, link-local, private
			"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
			// IETF, documentation, 6to4 relays, private, benchmarks, documentation
			"192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
			// Documentation, multicast, reserved with the broadcast
			"203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
			// IETF with Teredo, documentation, 6to4, documentation
			"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
		.map(Network::parse)
		.toList();

	private static final Network GLOBAL_IPV6 = Network.parse("2000::/3");

	// The last four bytes are an IPv4 address that a gateway, or this machine, goes to.
	private static final Network NAT64 = Network.parse("64:ff9b::/96");

	private static final byte[] MAPPED = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1 };

	private final List<Network> allowed;

	AddressPolicy(Settings settings) {
		this.allowed = settings.networks();
	}

	boolean allows(InetAddress address) {
		return allows(address.getAddress());
	}

	/**
	 * Whether a delivery may go there.
	 * @param address 4 or 16 bytes
	 */
	boolean allows(byte[] address) {
		if (this.allowed.stream().anyMatch((network) -> network.contains(address))) {
			return true;
		}
		if (address.length > 4) {
			boolean mapped = Arrays.equals(address, 0, MAPPED.length, MAPPED, 0, MAPPED.length);
			if (mapped || NAT64.contains(address)) {
				return allows(Arrays.copyOfRange(address, address.length - 4, address.length));
			}
			if (!GLOBAL_IPV6.contains(address)) {
				return false;
			}
		}
		return SPECIAL.stream().noneMatch((network) -> network.contains(address));
	}

	/**
	 * What is allowed beyond the public internet.
	 *
	 * @param allowedNetworks in CIDR notation, as {@code 10.1.0.0/16,fd12::/32}; single
	 * addresses too
	 */
	@ConfigurationProperties("jobs.webhooks")
	record Settings(@DefaultValue List<String> allowedNetworks) {

		Settings {
			networks(allowedNetworks);
		}

		List<Network> networks() {
			return networks(this.allowedNetworks);
		}

		private static List<Network> networks(List<String> texts) {
			List<Network> networks = new ArrayList<>();
			for (String text : texts) {
				try {
					networks.add(Network.parse(text.strip()));
				}
				catch (IllegalArgumentException _) {
					throw new IllegalArgumentException(
							"jobs.webhooks.allowed-networks must be networks like 10.1.0.0/16, not " + text);
				}
			}
			return networks;
		}

	}

}
