package io.surveycoder.jobs.http;

import org.apache.tomcat.util.net.SocketBufferHandler;

/**
 * The buffers of a connection: small until a request or an answer does not fit, then as
 * large as Tomcat's. What waits for a small answer holds little, and a claim of a hundred
 * jobs does not take a system call for each KiB.
 */
final class GrowingBuffers extends SocketBufferHandler {

	/**
	 * Bytes, each for reading and writing, once something did not fit.
	 */
	static final int LARGE = 8 << 10;

	// Attempts, before an answer: those that bring a request of some KiB, and the looks
	// whether its client is still there.
	private static final int FEW_READS = 16;

	private int reads;

	private boolean full;

	/**
	 * Begins with buffers of these sizes, in bytes.
	 */
	GrowingBuffers(int read, int write) {
		super(read, write, false);
	}

	// Called before each read: it takes what the last one left.
	@Override
	public void configureReadBufferForRead() {
		this.reads++;
		if (this.reads > FEW_READS && isReadBufferEmpty()) {
			expand(LARGE);
		}
		super.configureReadBufferForRead();
	}

	// Called before each write to the socket.
	@Override
	public void configureWriteBufferForRead() {
		this.reads = 0;
		this.full = !isWriteBufferWritable();
		super.configureWriteBufferForRead();
	}

	@Override
	public void configureWriteBufferForWrite() {
		super.configureWriteBufferForWrite();
		if (this.full && isWriteBufferEmpty()) {
			this.full = false;
			expand(LARGE);
		}
	}

}
