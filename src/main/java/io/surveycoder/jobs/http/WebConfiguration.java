package io.surveycoder.jobs.http;

import java.time.Instant;
import java.util.List;

import jakarta.validation.Validator;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;

import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.boot.webmvc.autoconfigure.WebMvcRegistrations;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.converter.HttpMessageConverters;
import org.springframework.web.servlet.config.annotation.ContentNegotiationConfigurer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

@Configuration(proxyBeanMethods = false)
class WebConfiguration implements WebMvcConfigurer {

	private final Validator validator;

	private final JsonMapper json;

	WebConfiguration(Validator validator, JsonMapper json) {
		this.validator = validator;
		this.json = json;
	}

	@Override
	public void configureContentNegotiation(ContentNegotiationConfigurer configurer) {
		configurer.strategies(List.of(new PlainMediaTypes()));
	}

	@Override
	public void configureMessageConverters(HttpMessageConverters.ServerBuilder builder) {
		builder.addCustomConverter(new JsonBytesConverter())
			.addCustomConverter(new EnvelopeConverter(this.json))
			.addCustomConverter(new JsonBodyConverter(this.validator));
	}

	@Bean
	static WebMvcRegistrations quickMapping() {
		return new WebMvcRegistrations() {

			@Override
			public RequestMappingHandlerMapping getRequestMappingHandlerMapping() {
				return new QuickMapping();
			}
		};
	}

	@Bean
	static JsonMapperBuilderCustomizer contractJson() {
		return (builder) -> builder.disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
			.addModule(new SimpleModule().addSerializer(new InstantWriter()));
	}

	static final class InstantWriter extends StdSerializer<Instant> {

		InstantWriter() {
			super(Instant.class);
		}

		@Override
		public void serialize(Instant value, JsonGenerator generator, SerializationContext context) {
			StringBuilder text = new StringBuilder(24);
			Timestamps.append(text, value);
			generator.writeString(text.toString());
		}

	}

}
