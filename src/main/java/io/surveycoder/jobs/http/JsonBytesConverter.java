package io.surveycoder.jobs.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

import jakarta.servlet.http.HttpServletRequest;
import org.apache.catalina.Globals;
import org.apache.catalina.connector.ClientAbortException;
import org.apache.coyote.CloseNowException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springdoc.core.utils.SpringDocUtils;

import org.springframework.core.NestedExceptionUtils;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.HttpOutputMessage;
import org.springframework.http.MediaType;
import org.springframework.http.converter.AbstractHttpMessageConverter;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * Writes {@link JsonBytes}, with their length, so that even a long answer needs no
 * chunks. A file is left to Tomcat, which lets the kernel send it (not where it speaks
 * TLS or HTTP/2 itself).
 */
final class JsonBytesConverter extends AbstractHttpMessageConverter<JsonBytes<?>> {

	private static final Logger log = LoggerFactory.getLogger(JsonBytesConverter.class);

	static {
		SpringDocUtils.getConfig().addResponseWrapperToIgnore(JsonBytes.class);
	}

	JsonBytesConverter() {
		super(MediaType.APPLICATION_JSON);
	}

	@Override
	protected boolean supports(Class<?> type) {
		return type == JsonBytes.class;
	}

	@Override
	public boolean canRead(Class<?> type, @Nullable MediaType mediaType) {
		return false;
	}

	@Override
	protected Long getContentLength(JsonBytes<?> json, @Nullable MediaType contentType) {
		return (long) json.length();
	}

	@Override
	protected void writeInternal(JsonBytes<?> json, HttpOutputMessage message) throws IOException {
		if (leftToTomcat(json)) {
			return;
		}
		OutputStream body = message.getBody();
		try {
			json.writeTo(body);
		}
		catch (ClientAbortException ex) {
			throw ex;
		}
		catch (IOException | RuntimeException ex) {
			// What was sent cannot be taken back: the client must see that it is not all.
			log.warn("An answer was cut short: {}", NestedExceptionUtils.getMostSpecificCause(ex).toString());
			throw new CloseNowException(ex);
		}
	}

	// Nothing else may be written then, and to HEAD Tomcat would send the file all the
	// same.
	private static boolean leftToTomcat(JsonBytes<?> json) {
		Path file = json.file();
		if (file == null
				|| !(RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes current)) {
			return false;
		}
		HttpServletRequest request = current.getRequest();
		if (request.getMethod().equals("HEAD")) {
			return true;
		}
		if (!Boolean.TRUE.equals(request.getAttribute(Globals.SENDFILE_SUPPORTED_ATTR))) {
			return false;
		}
		request.setAttribute(Globals.SENDFILE_FILENAME_ATTR, file.toString());
		request.setAttribute(Globals.SENDFILE_FILE_START_ATTR, 0L);
		request.setAttribute(Globals.SENDFILE_FILE_END_ATTR, (long) json.length());
		return true;
	}

	@Override
	protected JsonBytes<?> readInternal(Class<? extends JsonBytes<?>> type, HttpInputMessage message) {
		throw new IllegalStateException("never asked to read");
	}

}
