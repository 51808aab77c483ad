package io.surveycoder.jobs.webhook;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class AddressPolicyTests {

	private final AddressPolicy policy = allowing();

	@ParameterizedTest
	@ValueSource(strings = { "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255",
			"127.0.0.1", "127.255.255.254", "169.254.169.254", "169.254.0.1", "172.16.0.1", "172.31.255.255",
			"192.0.0.1", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.0.1", "192.168.255.255", "198.18.0.1",
			"198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1",
			"255.255.255.255", "::", "::1", "fe80::1", "febf::1", "fec0::1", "fc00::1", "fd00::1", "fd00:ec2::254",
			"ff02::1", "ff0e::1", "100::1", "2001::1", "2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1",
			"2002:7f00:1::", "2002:808:808::1", "3fff::1", "5f00::1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
			"64:ff9b::a00:1", "64:ff9b:1::808:808", "::7f00:1", "::808:808", "4000::1" })
	void whatIsNotOnThePublicInternetIsRefused(String address) {
		assertThat(this.policy.allows(InetAddress.ofLiteral(address))).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
			"126.255.255.255", "128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0",
			"192.0.1.0", "192.0.3.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0",
			"223.255.255.255", "2606:4700::1111", "2a00:1450:4001::200e", "2001:4860:4860::8888", "2400:cb00::1",
			"64:ff9b::808:808" })
	void publicAddressIsAllowed(String address) {
		assertThat(this.policy.allows(InetAddress.ofLiteral(address))).isTrue();
	}

	@Test
	void ipv4InsideAnIpv6AddressIsJudgedAsIpv4() {
		// As bytes, since Java itself takes the first for IPv4.
		assertThat(this.policy.allows(bytes("00000000000000000000ffff7f000001"))).isFalse();
		assertThat(this.policy.allows(bytes("00000000000000000000ffff08080808"))).isTrue();
		assertThat(this.policy.allows(InetAddress.ofLiteral("::ffff:127.0.0.1"))).isFalse();
	}

	@Test
	void oddSpellingsOfLoopbackAreLoopback() throws UnknownHostException {
		for (String spelling : List.of("127.1", "2130706433", "127.0.1")) {
			assertThat(InetAddress.getAllByName(spelling))
				.allSatisfy((address) -> assertThat(this.policy.allows(address)).as(spelling).isFalse());
		}
	}

	@Test
	void allowedNetworksAreOpenAndTheirNeighboursAreNot() {
		AddressPolicy opened = allowing("10.1.0.0/16", " 127.0.0.1", "fd12:3456::/31", "192.168.4.0/22");
		assertThat(List.of("10.1.0.0", "10.1.255.255", "127.0.0.1", "fd12:3456::1", "fd12:3457:ffff::1",
				"192.168.7.255", "::ffff:10.1.2.3", "64:ff9b::a01:203", "8.8.8.8"))
			.allSatisfy((address) -> assertThat(opened.allows(InetAddress.ofLiteral(address))).isTrue());
		assertThat(List.of("10.0.255.255", "10.2.0.0", "127.0.0.2", "fd12:3458::1", "192.168.3.255", "192.168.8.0"))
			.allSatisfy((address) -> assertThat(opened.allows(InetAddress.ofLiteral(address))).isFalse());
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "localhost", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0/8/8", "10.0.0.0/", "fd00::/129", "x/8", "" })
	void whatIsNoNetworkIsRefusedByName(String network) {
		assertThatIllegalArgumentException().isThrownBy(() -> allowing(network))
			.withMessageContaining("jobs.webhooks.allowed-networks");
	}

	static AddressPolicy allowing(String... networks) {
		return new AddressPolicy(new AddressPolicy.Settings(List.of(networks)));
	}

	private static byte[] bytes(String hex) {
		return HexFormat.of().parseHex(hex);
	}

}
