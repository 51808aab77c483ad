package io.surveycoder.jobs.webhook;

import java.net.InetAddress;

/**
 * A range of addresses, as CIDR writes it.
 *
 * @param address the first of them, 4 or 16 bytes
 * @param bits how many leading bits all have in common
 */
record Network(byte[] address, int bits) {

	/**
	 * Reads {@code 10.0.0.0/8}, {@code fd00::/8} or a single address. Names are not
	 * looked up.
	 * @throws IllegalArgumentException when it is none of these
	 */
	static Network parse(String text) {
		int slash = text.indexOf('/');
		byte[] address = InetAddress.ofLiteral((slash < 0) ? text : text.substring(0, slash)).getAddress();
		int most = address.length * Byte.SIZE;
		int bits = (slash < 0) ? most : Integer.parseInt(text, slash + 1, text.length(), 10);
		if (bits < 0 || bits > most) {
			throw new IllegalArgumentException(text + " has more bits than its address");
		}
		return new Network(address, bits);
	}

	boolean contains(byte[] other) {
		if (other.length != this.address.length) {
			return false;
		}
		int whole = this.bits / Byte.SIZE;
		for (int i = 0; i < whole; i++) {
			if (other[i] != this.address[i]) {
				return false;
			}
		}
		int rest = this.bits % Byte.SIZE;
		int mask = (0xff << (Byte.SIZE - rest)) & 0xff;
		return rest == 0 || (other[whole] & mask) == (this.address[whole] & mask);
	}

}
