package io.surveycoder.jobs.http;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

import jakarta.validation.Validator;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;

import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.converter.HttpMessageConverters;
import org.springframework.web.servlet.config.annotation.ContentNegotiationConfigurer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

@Configuration(proxyBeanMethods = false)
class WebConfiguration implements WebMvcConfigurer {

	private final Validator validator;

	WebConfiguration(Validator validator) {
		this.validator = validator;
	}

	@Override
	public void configureContentNegotiation(ContentNegotiationConfigurer configurer) {
		configurer.strategies(List.of(new PlainMediaTypes()));
	}

	@Override
	public void configureMessageConverters(HttpMessageConverters.ServerBuilder builder) {
		builder.addCustomConverter(new JsonBodyConverter(this.validator));
	}

	@Bean
	static JsonMapperBuilderCustomizer contractJson() {
		return (builder) -> builder.disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
			.addModule(new SimpleModule().addSerializer(new InstantWriter()));
	}

	/**
	 * RFC 3339, UTC, {@code Z}, exactly three fraction digits (contract §1, timestamps).
	 */
	static final class InstantWriter extends StdSerializer<Instant> {

		private static final DateTimeFormatter FORM = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'")
			.withZone(ZoneOffset.UTC);

		InstantWriter() {
			super(Instant.class);
		}

		@Override
		public void serialize(Instant value, JsonGenerator generator, SerializationContext context) {
			generator.writeString(FORM.format(value));
		}

	}

}
