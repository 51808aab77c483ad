package io.surveycoder.jobs.http;

import java.nio.ByteBuffer;

import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * As Tomcat's connection calls them.
 */
class GrowingBuffersTests {

	private final GrowingBuffers buffers = new GrowingBuffers(4, 8);

	@Test
	void whatFitsKeepsThemSmall() {
		for (int i = 0; i < 20; i++) {
			read();
			read();
			write("1234567");
			flush();
		}

		assertThat(this.buffers.getReadBuffer().capacity()).isEqualTo(4);
		assertThat(this.buffers.getWriteBuffer().capacity()).isEqualTo(8);
	}

	@Test
	void anAnswerThatDoesNotFitMakesThemLargeAndComesWhole() {
		write("12345678");
		assertThat(flush()).isEqualTo("12345678");
		write("9");

		assertThat(this.buffers.getWriteBuffer().capacity()).isEqualTo(GrowingBuffers.LARGE);
		assertThat(flush()).isEqualTo("9");
	}

	@Test
	void whatTheSocketDidNotTakeYetStaysInPlace() {
		write("12345678");
		this.buffers.configureWriteBufferForRead();
		this.buffers.getWriteBuffer().get(new byte[5]);
		write("abc");

		assertThat(flush()).isEqualTo("678abc");
	}

	@Test
	void aRequestOfManyReadsMakesThemLarge() {
		for (int i = 0; i < 17; i++) {
			read();
		}

		assertThat(this.buffers.getReadBuffer().capacity()).isEqualTo(GrowingBuffers.LARGE);
		assertThat(this.buffers.isReadBufferEmpty()).isTrue();
		assertThat(this.buffers.getReadBuffer().remaining()).isZero();
	}

	@Test
	void whatWasReadAndNotYetTakenIsKept() {
		for (int i = 0; i < 16; i++) {
			read();
		}
		this.buffers.configureReadBufferForWrite();
		this.buffers.getReadBuffer().put((byte) 'x');

		read();

		assertThat(this.buffers.getReadBuffer().get()).isEqualTo((byte) 'x');
	}

	private void read() {
		this.buffers.configureReadBufferForRead();
	}

	private void write(String text) {
		this.buffers.configureWriteBufferForWrite();
		this.buffers.getWriteBuffer().put(text.getBytes(US_ASCII));
	}

	private String flush() {
		this.buffers.configureWriteBufferForRead();
		ByteBuffer out = this.buffers.getWriteBuffer();
		byte[] bytes = new byte[out.remaining()];
		out.get(bytes);
		return new String(bytes, US_ASCII);
	}

}
