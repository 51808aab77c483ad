package io.surveycoder.jobs.http;

import java.util.List;

import org.springframework.http.MediaType;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.accept.HeaderContentNegotiationStrategy;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.ServletWebRequest;

/**
 * Reads {@code Accept} without the parameters of its media types. Spring would take them
 * over into the answer, where {@code charset=utf-16} can only fail, and then after the
 * work is done. What has quality 0 is not accepted. Nor are events, also as
 * {@code text/*}, where the answer will be JSON all the same
 * ({@link EventStream#isWanted}).
 */
final class PlainMediaTypes extends HeaderContentNegotiationStrategy {

	@Override
	public List<MediaType> resolveMediaTypes(NativeWebRequest request) throws HttpMediaTypeNotAcceptableException {
		List<MediaType> asked = super.resolveMediaTypes(request);
		if (asked == MEDIA_TYPE_ALL_LIST) {
			return asked;
		}
		List<MediaType> accepted = asked.stream()
			.filter((type) -> type.getQualityValue() > 0)
			.filter((type) -> !isOnlyForEvents(type) || areEventsWanted(request))
			.map((type) -> new MediaType(type.getType(), type.getSubtype()))
			.distinct()
			.toList();
		if (accepted.isEmpty()) {
			throw new HttpMediaTypeNotAcceptableException("Accept leaves nothing");
		}
		return accepted;
	}

	private static boolean areEventsWanted(NativeWebRequest request) {
		return EventStream.isWanted(((ServletWebRequest) request).getRequest());
	}

	private static boolean isOnlyForEvents(MediaType type) {
		return type.includes(MediaType.TEXT_EVENT_STREAM) && !type.includes(MediaType.APPLICATION_JSON);
	}

}
