package io.surveycoder.jobs.http;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Set;

import jakarta.validation.ConstraintViolation;
import jakarta.validation.Validator;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

import org.springframework.http.HttpInputMessage;
import org.springframework.http.HttpOutputMessage;
import org.springframework.http.MediaType;
import org.springframework.http.converter.AbstractGenericHttpMessageConverter;

/**
 * Reads request bodies, strictly: UTF-8, one JSON object of at most 32 MiB, no unknown
 * field, no coercion between types, every constraint of the record held. Whatever is
 * wrong becomes a 422 (413 for size) that names the field (contract §2).
 */
final class JsonBodyConverter extends AbstractGenericHttpMessageConverter<Object> {

	private static final int MAX_BODY_BYTES = 32 << 20;

	// What a body adds around a payload: the object and, in a batch, the array and its
	// element.
	private static final int DEPTH_AROUND = 3;

	private final JsonMapper json = JsonMapper
		.builder(JsonFactory.builder()
			.streamReadConstraints(StreamReadConstraints.builder()
				.maxNestingDepth(RawJson.MAX_DEPTH + DEPTH_AROUND + 1)
				.maxNumberLength(MAX_BODY_BYTES)
				.maxStringLength(MAX_BODY_BYTES)
				.maxNameLength(MAX_BODY_BYTES)
				.build())
			.build())
		.enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
		.disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
		.disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
		.addModule(new SimpleModule().addDeserializer(RawJson.class, new RawJsonReader())
			.addDeserializer(String.class, new TextReader())
			.addDeserializer(java.time.Instant.class, new InstantReader()))
		.build();

	private final Validator validator;

	JsonBodyConverter(Validator validator) {
		super(MediaType.APPLICATION_JSON);
		this.validator = validator;
	}

	@Override
	protected boolean supports(Class<?> type) {
		return type.isRecord();
	}

	@Override
	public boolean canWrite(@Nullable MediaType mediaType) {
		return false;
	}

	@Override
	public Object read(Type type, @Nullable Class<?> contextClass, HttpInputMessage message) throws IOException {
		String text = text(message);
		if (type instanceof ParameterizedType sent && sent.getRawType() == SentBody.class) {
			boolean named = message.getHeaders().containsHeader(SentBody.IDEMPOTENCY_KEY);
			return new SentBody<>(read(sent.getActualTypeArguments()[0], text), named ? hash(text) : null);
		}
		return read(type, text);
	}

	private Object read(Type type, String text) {
		Object body = parse(type, text);
		if (QuickCheck.holds(body)) {
			return body;
		}
		Set<ConstraintViolation<Object>> violations = this.validator.validate(body);
		if (!violations.isEmpty()) {
			throw violations.stream()
				.map((violation) -> JsonFields.wireName(violation.getPropertyPath().toString()) + " "
						+ violation.getMessage())
				.min(Comparator.naturalOrder())
				.map(ApiException::invalid)
				.orElseThrow();
		}
		return body;
	}

	@Override
	protected Object readInternal(Class<?> type, HttpInputMessage message) throws IOException {
		return read(type, null, message);
	}

	@Override
	protected void writeInternal(Object body, @Nullable Type type, HttpOutputMessage message) {
		throw new IllegalStateException("never asked to write");
	}

	private static String text(HttpInputMessage message) throws IOException {
		long announced = message.getHeaders().getContentLength();
		if (announced > MAX_BODY_BYTES) {
			throw tooLarge();
		}
		InputStream stream = message.getBody();
		// No more is there than was announced. Who asks for more gets 16 KiB for the
		// least.
		byte[] bytes = stream.readNBytes((announced >= 0) ? (int) announced : MAX_BODY_BYTES + 1);
		if (bytes.length > MAX_BODY_BYTES) {
			throw tooLarge();
		}
		String text = new String(bytes, StandardCharsets.UTF_8);
		// The fast decoder replaces what it cannot read: where it may have done so, the
		// strict one is asked.
		if (text.indexOf('\uFFFD') >= 0) {
			try {
				StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
			}
			catch (CharacterCodingException _) {
				throw invalidJson();
			}
		}
		return text;
	}

	// Of the bytes: what was decoded strictly has one encoding.
	private static String hash(String text) {
		try {
			return HexFormat.of()
				.formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private Object parse(Type type, String text) {
		try {
			Object body = this.json.readerFor(this.json.constructType(type))
				.withAttribute(RawJsonReader.SOURCE, text)
				.readValue(text);
			if (body == null) {
				throw ApiException.invalid("The body must be a JSON object");
			}
			return body;
		}
		catch (JacksonException ex) {
			throw refusal(ex, text);
		}
	}

	private static ApiException refusal(JacksonException ex, String text) {
		for (Throwable at = ex; at != null; at = at.getCause()) {
			if (at instanceof ApiException own) {
				return own;
			}
		}
		return switch (ex) {
			// A number that is JSON and does not fit the field.
			case InputCoercionException number -> ApiException
				.invalid(JsonFields.path(number.getPath()) + " must be " + expected(number.getTargetType()));
			case StreamReadException _ -> invalidJson();
			case UnrecognizedPropertyException unknown ->
				ApiException.invalid("Unknown field " + JsonFields.shortened(JsonFields.path(unknown.getPath()))
						+ "; known here: " + String.join(", ", knownHere(unknown)));
			case MismatchedInputException mismatch when noSingleValue(mismatch, text) -> invalidJson();
			case MismatchedInputException mismatch -> ApiException
				.invalid(JsonFields.path(mismatch.getPath()) + " must be " + expected(mismatch.getTargetType()));
			default -> invalidJson();
		};
	}

	// Nothing at all, or something after the object: neither is JSON.
	private static boolean noSingleValue(MismatchedInputException mismatch, String text) {
		String body = text.stripLeading();
		return mismatch.getPath().isEmpty() && (body.isEmpty() || body.startsWith("{"));
	}

	private static Iterable<String> knownHere(UnrecognizedPropertyException unknown) {
		return unknown.getKnownPropertyIds().stream().map(String::valueOf).sorted()::iterator;
	}

	private static String expected(@Nullable Class<?> type) {
		if (type == null) {
			return "of another type";
		}
		if (type == Integer.class || type == int.class) {
			return "an integer of at most 2147483647";
		}
		if (type == String.class) {
			return "a string";
		}
		if (type == Boolean.class || type == boolean.class) {
			return "true or false";
		}
		return java.util.Collection.class.isAssignableFrom(type) ? "an array" : "a JSON object";
	}

	private static ApiException invalidJson() {
		return ApiException.invalid("Invalid JSON");
	}

	private static ApiException tooLarge() {
		return new ApiException(ErrorCode.PAYLOAD_TOO_LARGE, "The body is larger than 32 MiB");
	}

}
