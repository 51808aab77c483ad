package io.surveycoder.jobs.webhook;

import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.Set;

import io.surveycoder.jobs.http.Timestamps;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * What a receiver is told: {@code {"event","job_id","timestamp", …metadata…,
 * "result"|"error"}} (contract §5). The same bytes on every attempt.
 *
 * @param event {@code job.completed}, {@code job.failed} or {@code ping}
 * @param jobId absent for a ping
 * @param occurredAt when the job finished
 * @param processed of a completed job
 * @param errorCode of a failed job
 * @param metadata a JSON object of strings, as it was submitted with the job
 */
record DeliveryBody(String event, @Nullable String jobId, Instant occurredAt, @Nullable Integer processed,
		@Nullable String errorCode, @Nullable String errorMessage, @Nullable String metadata) {

	static final String PING = "ping";

	private static final String COMPLETED = "job.completed";

	// A member of the metadata must not pass for what the service says itself.
	private static final Set<String> RESERVED = Set.of("event", "job_id", "timestamp", "result", "error");

	private static final JsonFactory json = new JsonFactory();

	byte[] bytes() {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
		try (JsonGenerator out = json.createGenerator(ObjectWriteContext.empty(), bytes)) {
			out.writeStartObject();
			out.writeStringProperty("event", this.event);
			if (this.jobId != null) {
				out.writeStringProperty("job_id", this.jobId);
			}
			StringBuilder timestamp = new StringBuilder();
			Timestamps.append(timestamp, this.occurredAt);
			out.writeStringProperty("timestamp", timestamp.toString());
			if (this.metadata != null) {
				copyMetadata(out, this.metadata);
			}
			if (this.event.equals(COMPLETED) && this.processed != null) {
				out.writeObjectPropertyStart("result");
				out.writeNumberProperty("responses_coded", this.processed);
				out.writeEndObject();
			}
			if (this.errorCode != null) {
				out.writeObjectPropertyStart("error");
				out.writeStringProperty("code", this.errorCode);
				out.writeStringProperty("message", String.valueOf(this.errorMessage));
				out.writeEndObject();
			}
			out.writeEndObject();
		}
		return bytes.toByteArray();
	}

	private static void copyMetadata(JsonGenerator out, String metadata) {
		try (JsonParser members = json.createParser(ObjectReadContext.empty(), metadata)) {
			members.nextToken();
			while (members.nextToken() == JsonToken.PROPERTY_NAME) {
				String name = members.currentName();
				members.nextToken();
				if (!RESERVED.contains(name)) {
					out.writeStringProperty(name, members.getString());
				}
			}
		}
	}

}
