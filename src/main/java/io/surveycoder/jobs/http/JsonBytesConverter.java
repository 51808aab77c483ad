package io.surveycoder.jobs.http;

import java.io.IOException;

import org.jspecify.annotations.Nullable;
import org.springdoc.core.utils.SpringDocUtils;

import org.springframework.http.HttpInputMessage;
import org.springframework.http.HttpOutputMessage;
import org.springframework.http.MediaType;
import org.springframework.http.converter.AbstractHttpMessageConverter;

/**
 * Writes {@link JsonBytes}, with their length, so that even a long answer needs no
 * chunks.
 */
final class JsonBytesConverter extends AbstractHttpMessageConverter<JsonBytes<?>> {

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
		json.writeTo(message.getBody());
	}

	@Override
	protected JsonBytes<?> readInternal(Class<? extends JsonBytes<?>> type, HttpInputMessage message) {
		throw new IllegalStateException("never asked to read");
	}

}
