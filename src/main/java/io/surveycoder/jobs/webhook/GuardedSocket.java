package io.surveycoder.jobs.webhook;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketAddress;

import io.surveycoder.jobs.webhook.HostNames.ForbiddenAddressException;

/**
 * A socket that connects to nothing but what is allowed, whoever chose the address, and
 * through no proxy. What comes in is bounded: a receiver that sends interim answers
 * without end would keep a core busy until the time is up.
 */
final class GuardedSocket extends Socket {

	private static final int MOST_IN_ANSWER = 256 << 10;

	private final AddressPolicy policy;

	private int received;

	GuardedSocket(AddressPolicy policy) {
		super(Proxy.NO_PROXY);
		this.policy = policy;
	}

	@Override
	public void connect(SocketAddress endpoint, int timeout) throws IOException {
		if (!(endpoint instanceof InetSocketAddress known) || known.isUnresolved()
				|| !this.policy.allows(known.getAddress())) {
			throw new ForbiddenAddressException("The receiver");
		}
		super.connect(endpoint, timeout);
	}

	@Override
	public InputStream getInputStream() throws IOException {
		return new FilterInputStream(super.getInputStream()) {

			@Override
			public int read() throws IOException {
				byte[] one = new byte[1];
				return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xff;
			}

			@Override
			public int read(byte[] into, int offset, int length) throws IOException {
				int count = super.read(into, offset, length);
				GuardedSocket.this.received += Math.max(0, count);
				if (GuardedSocket.this.received > MOST_IN_ANSWER) {
					throw new IOException("The answer is too long");
				}
				return count;
			}
		};
	}

	@Override
	public OutputStream getOutputStream() throws IOException {
		return new FilterOutputStream(super.getOutputStream()) {

			@Override
			public void write(byte[] from, int offset, int length) throws IOException {
				GuardedSocket.this.received = 0;
				this.out.write(from, offset, length);
			}
		};
	}

}
