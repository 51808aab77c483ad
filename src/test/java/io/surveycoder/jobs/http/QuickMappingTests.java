package io.surveycoder.jobs.http;

import java.util.List;
import java.util.Objects;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.MappingMatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.mock.web.MockHttpServletMapping;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.context.support.StaticWebApplicationContext;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerExecutionChain;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.util.ServletRequestPathUtils;

import static org.assertj.core.api.Assertions.assertThat;

class QuickMappingTests {

	private final StaticWebApplicationContext context = new StaticWebApplicationContext();

	private final RequestMappingHandlerMapping quick;

	private final RequestMappingHandlerMapping springs;

	QuickMappingTests() {
		this.context.registerSingleton("paths", Paths.class);
		this.context.refresh();
		this.quick = begin(new QuickMapping());
		this.springs = begin(new RequestMappingHandlerMapping());
	}

	private RequestMappingHandlerMapping begin(RequestMappingHandlerMapping mapping) {
		mapping.setApplicationContext(this.context);
		mapping.afterPropertiesSet();
		return mapping;
	}

	@ParameterizedTest
	@ValueSource(strings = { "/jobs", "/jobs/", "/jobs/1", "/jobs/1/", "/jobs//1", "/jobs/1/cancel", "/jobs/cancel",
			"/jobs//cancel", "/jobs/1/2/cancel", "/jobs/1;a=b/cancel", "/jobs/1/cancel;a=b", "/jobs;a/1",
			"/j%6Fbs/1/c%61ncel", "/jobs/%2F/cancel", "/jobs/a%20b", "/JOBS/1", "/jobs/1.json", "/files/a/b/c",
			"/files", "/either/1", "/or/1", "/x-1-y", "/x-1-z", "/x--y", "/a1/q", "/", "", "/nothing" })
	void whatSpringFindsIsFound(String path) throws Exception {
		for (String method : List.of("GET", "POST")) {
			for (String context : List.of("", "/app")) {
				for (String servlet : List.of("", "/jobs")) {
					assertThat(handler(this.quick, method, context, servlet, path))
						.isEqualTo(handler(this.springs, method, context, servlet, path));
				}
			}
		}
	}

	@Test
	void somethingIsFound() throws Exception {
		assertThat(handler(this.quick, "GET", "", "", "/jobs/1")).isEqualTo("one");
		assertThat(handler(this.quick, "POST", "/app", "", "/jobs/1/cancel")).isEqualTo("cancel");
		assertThat(handler(this.quick, "POST", "", "/jobs", "/jobs/1/cancel")).isEqualTo("cancel");
		assertThat(handler(this.quick, "POST", "", "", "/j%6Fbs/1/cancel")).isEqualTo("cancel");
	}

	private static String handler(RequestMappingHandlerMapping mapping, String method, String context, String servlet,
			String path) throws Exception {
		MockHttpServletRequest request = new MockHttpServletRequest(method, context + servlet + path);
		request.setContextPath(context);
		request.setServletPath(servlet);
		request.setHttpServletMapping(new MockHttpServletMapping("", servlet + "/*", "", MappingMatch.PATH));
		ServletRequestPathUtils.parseAndCache(request);
		try {
			HandlerExecutionChain chain = mapping.getHandler(request);
			return (chain != null) ? ((HandlerMethod) Objects.requireNonNull(chain.getHandler())).getMethod().getName()
					: "none";
		}
		catch (ServletException ex) {
			return ex.getClass().getSimpleName();
		}
	}

	@Controller
	static class Paths {

		@GetMapping("/jobs")
		void list() {
		}

		@GetMapping("/jobs/{id}")
		void one() {
		}

		@PostMapping("/jobs/{id}/cancel")
		void cancel() {
		}

		@GetMapping("/files/{*path}")
		void file() {
		}

		@GetMapping({ "/either/{id}", "/or/{id}" })
		void either() {
		}

		@GetMapping("/x-{id}-y")
		void within() {
		}

		@GetMapping("/a?/q")
		void anyCharacter() {
		}

		@GetMapping("/jobs/*.json")
		void wild() {
		}

	}

}
