package io.surveycoder.jobs.http;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.CharBuffer;

import jakarta.servlet.ServletException;
import org.apache.catalina.connector.InputBuffer;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketBufferHandler;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/**
 * Lets a request that waits hold little memory. Tomcat keeps some 100 KiB of buffers for
 * each that is being answered, three quarters of them for what this service never does:
 * reading and writing characters, trailers, large response headers. Measured with 2,000
 * waiting claims: docs/adr/0012.
 */
@Component
final class LeanConnections extends ValveBase implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

	private static final int READ_BYTES = 1 << 10;

	private static final int WRITE_BYTES = 1 << 10;

	private static final int TRAILER_BYTES = 1 << 10;

	private static final int RESPONSE_HEADER_BYTES = 2 << 10;

	LeanConnections() {
		super(true);
	}

	@Override
	public void customize(TomcatServletWebServerFactory factory) {
		factory.setProtocol(Protocol.class.getName());
		factory.addConnectorCustomizers((connector) -> {
			// Of what it makes itself and Endpoint throws away.
			connector.setProperty("socket.appReadBufSize", String.valueOf(READ_BYTES));
			connector.setProperty("socket.appWriteBufSize", String.valueOf(WRITE_BYTES));
			Protocol protocol = (Protocol) connector.getProtocolHandler();
			protocol.setMaxTrailerSize(TRAILER_BYTES);
			protocol.setMaxHttpResponseHeaderSize(RESPONSE_HEADER_BYTES);
		});
		factory.addEngineValves(this);
	}

	@Override
	public void invoke(Request request, Response response) throws IOException, ServletException {
		CharacterBuffer.shrink(request);
		getNext().invoke(request, response);
	}

	/**
	 * Public only because Tomcat asks for it by name.
	 */
	public static final class Protocol extends Http11NioProtocol {

		public Protocol() {
			super(new Endpoint());
		}

		@Override
		public int getDesiredBufferSize() {
			return WRITE_BYTES;
		}

		/**
		 * Whether it takes no more requests, because the service stops.
		 */
		static boolean isPaused(Request request) {
			return request.getConnector().getProtocolHandler() instanceof Protocol protocol && protocol.isPaused();
		}

	}

	private static final class Endpoint extends NioEndpoint {

		@Override
		protected NioChannel createChannel(SocketBufferHandler buffers) {
			return super.createChannel(new GrowingBuffers(READ_BYTES, WRITE_BYTES));
		}

	}

	/**
	 * The 16 KiB for {@code ServletRequest.getReader()}, which nobody calls here. Tomcat
	 * has no setting for it; where it should change its mind about the field, the buffer
	 * stays as it is.
	 */
	private static final class CharacterBuffer {

		private static final int CHARACTERS = 64;

		private static final @Nullable VarHandle inputOfRequest = field(Request.class, "inputBuffer",
				InputBuffer.class);

		private static final @Nullable VarHandle charactersOfInput = field(InputBuffer.class, "cb", CharBuffer.class);

		static void shrink(Request request) {
			if (inputOfRequest != null && charactersOfInput != null) {
				InputBuffer input = (InputBuffer) inputOfRequest.get(request);
				CharBuffer characters = (CharBuffer) charactersOfInput.get(input);
				if (characters.capacity() > CHARACTERS) {
					charactersOfInput.set(input, CharBuffer.allocate(CHARACTERS).limit(0));
				}
			}
		}

		private static @Nullable VarHandle field(Class<?> owner, String name, Class<?> type) {
			try {
				return MethodHandles.privateLookupIn(owner, MethodHandles.lookup()).findVarHandle(owner, name, type);
			}
			catch (ReflectiveOperationException _) {
				return null;
			}
		}

	}

}
