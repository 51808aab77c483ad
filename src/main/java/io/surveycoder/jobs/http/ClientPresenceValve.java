package io.surveycoder.jobs.http;

import java.io.IOException;

import jakarta.servlet.ServletException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;

import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/**
 * Knows of each request whether its client is still there, from Tomcat: of one that has
 * sent its whole request and waits for the answer, nothing can be read without waiting,
 * or the end of the connection.
 */
@Component
final class ClientPresenceValve extends ValveBase implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

	ClientPresenceValve() {
		super(true);
	}

	@Override
	public void customize(TomcatServletWebServerFactory factory) {
		factory.addContextValves(this);
	}

	@Override
	public void invoke(Request request, Response response) throws IOException, ServletException {
		org.apache.coyote.Request connection = request.getCoyoteRequest();
		ClientPresence presence = () -> {
			connection.action(ActionCode.AVAILABLE, true);
			return connection.getAvailable() > 0;
		};
		presence.attachTo(request.getRequest());
		getNext().invoke(request, response);
	}

}
