package io.surveycoder.jobs.http;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.HttpInputMessage;
import org.springframework.http.HttpOutputMessage;
import org.springframework.http.MediaType;
import org.springframework.http.converter.AbstractHttpMessageConverter;

/**
 * Writes an {@link Envelope} at once and with its length, where it is not too long to be
 * held. As Spring writes it, each answer is flushed before its end is known, which costs
 * a chunk and a packet more.
 */
final class EnvelopeConverter extends AbstractHttpMessageConverter<Envelope<?>> {

	private static final int MOST_HELD = 256 << 10;

	private final JsonMapper json;

	EnvelopeConverter(JsonMapper json) {
		super(MediaType.APPLICATION_JSON);
		this.json = json;
	}

	@Override
	protected boolean supports(Class<?> type) {
		return type == Envelope.class;
	}

	@Override
	public boolean canRead(Class<?> type, @Nullable MediaType mediaType) {
		return false;
	}

	@Override
	protected void writeInternal(Envelope<?> envelope, HttpOutputMessage message) throws IOException {
		Held held = new Held(message);
		this.json.writeValue(held, envelope);
		held.finish();
	}

	@Override
	protected Envelope<?> readInternal(Class<? extends Envelope<?>> type, HttpInputMessage message) {
		throw new IllegalStateException("never asked to read");
	}

	/**
	 * Holds the beginning of a body back until it ends, or is too long.
	 */
	private static final class Held extends OutputStream {

		private final HttpOutputMessage message;

		private byte[] bytes = new byte[1 << 10];

		private int count;

		private @Nullable OutputStream passed;

		Held(HttpOutputMessage message) {
			this.message = message;
		}

		@Override
		public void write(int one) throws IOException {
			write(new byte[] { (byte) one }, 0, 1);
		}

		@Override
		public void write(byte[] from, int offset, int length) throws IOException {
			if (this.passed == null && this.count + length > MOST_HELD) {
				this.passed = this.message.getBody();
				this.passed.write(this.bytes, 0, this.count);
			}
			if (this.passed != null) {
				this.passed.write(from, offset, length);
				return;
			}
			if (this.count + length > this.bytes.length) {
				this.bytes = Arrays.copyOf(this.bytes, Math.max(2 * this.bytes.length, this.count + length));
			}
			System.arraycopy(from, offset, this.bytes, this.count, length);
			this.count += length;
		}

		void finish() throws IOException {
			if (this.passed == null) {
				this.message.getHeaders().setContentLength(this.count);
				this.message.getBody().write(this.bytes, 0, this.count);
			}
		}

	}

}
