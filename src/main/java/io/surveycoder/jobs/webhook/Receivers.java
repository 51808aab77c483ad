package io.surveycoder.jobs.webhook;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import javax.net.ssl.SSLException;

import io.surveycoder.jobs.webhook.HostNames.ForbiddenAddressException;
import io.surveycoder.jobs.webhook.HostNames.NotLookedUpException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.io.ModalCloseable;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Posts to receivers, whom nobody here knows or trusts: one request to the address that
 * was checked, no redirect, proxy, cookie, login, decompression or repeat, and no more
 * than 10 s and a few KiB, whatever the receiver does.
 */
@Component
class Receivers implements DisposableBean {

	// Most servers keep a connection for five seconds or more.
	private static final TimeValue KEPT_IDLE = TimeValue.ofSeconds(4);

	// What is read of an answer, so that its connection can be used again.
	static final int MOST_READ = 4 << 10;

	// Of each address: with two, both have their turn within the time of an attempt.
	static final Duration CONNECT_TIME_OUT = Duration.ofSeconds(5);

	private final Duration timeOut;

	private final Duration connectTimeOut;

	private final Supplier<CloseableHttpClient> client;

	private @Nullable CloseableHttpClient http;

	private final ScheduledThreadPoolExecutor deadlines = new ScheduledThreadPoolExecutor(1,
			Thread.ofPlatform().name("webhook-deadlines").daemon().factory());

	@Autowired
	Receivers(HostNames names, AddressPolicy policy) {
		this(names, policy, Attempts.TIME_OUT, CONNECT_TIME_OUT);
	}

	Receivers(HostNames names, AddressPolicy policy, Duration timeOut, Duration connectTimeOut) {
		this.timeOut = timeOut;
		this.connectTimeOut = connectTimeOut;
		this.client = () -> client(
				new GuardedConnections(policy).build(names, Timeout.of(timeOut), Timeout.of(connectTimeOut)),
				Timeout.of(timeOut));
		this.deadlines.setRemoveOnCancelPolicy(true);
	}

	private static CloseableHttpClient client(PoolingHttpClientConnectionManager connections, Timeout timeOut) {
		return HttpClients.custom()
			.setConnectionManager(connections)
			.setDefaultRequestConfig(RequestConfig.custom()
				.setConnectionRequestTimeout(timeOut)
				.setResponseTimeout(timeOut)
				.setConnectionKeepAlive(KEPT_IDLE)
				.setProtocolUpgradeEnabled(false)
				.build())
			// Without it a server says how long its connection is kept, for ever if it
			// likes.
			.setKeepAliveStrategy((_, _) -> KEPT_IDLE)
			.disableRedirectHandling()
			.disableAutomaticRetries()
			.disableContentCompression()
			.disableCookieManagement()
			.disableAuthCaching()
			.disableConnectionState()
			.evictIdleConnections(KEPT_IDLE)
			.evictExpiredConnections()
			.setUserAgent("jobs-api-webhooks/1")
			.build();
	}

	// Only when it is needed: TLS reads all certificates that it trusts.
	private synchronized CloseableHttpClient http() {
		if (this.http == null) {
			this.http = this.client.get();
		}
		return this.http;
	}

	/**
	 * Posts once. Blocks for as long as an attempt may take; made for virtual threads.
	 * @param headers beside those of the content
	 * @return what became of it; never throws for what a receiver did
	 * @throws NotLookedUpException when nothing was attempted
	 */
	AttemptResult post(WebhookUrl url, Map<String, String> headers, byte[] body) throws NotLookedUpException {
		long start = System.nanoTime();
		HttpHost target = new HttpHost(url.scheme(), url.host(), url.port());
		HttpPost request = new HttpPost(URI.create(target.toURI() + url.path()));
		headers.forEach(request::setHeader);
		request.setEntity(new ByteArrayEntity(body, ContentType.APPLICATION_JSON.withCharset((String) null)));
		AtomicBoolean late = new AtomicBoolean();
		Future<?> deadline = this.deadlines.schedule(() -> {
			late.set(true);
			request.cancel();
		}, this.timeOut.toNanos(), TimeUnit.NANOSECONDS);
		try {
			int status = send(target, request);
			return AttemptResult.answered(status, since(start));
		}
		catch (NotLookedUpException ex) {
			throw ex;
		}
		catch (IOException | RuntimeException ex) {
			return AttemptResult.failed(late.get() ? noAnswer() : reason(ex), since(start));
		}
		finally {
			deadline.cancel(false);
		}
	}

	private int send(HttpHost target, HttpPost request) throws IOException {
		ClassicHttpResponse response = http().executeOpen(target, request, null);
		try {
			if (!isReadWhole(response.getEntity())) {
				request.cancel();
			}
			return response.getCode();
		}
		finally {
			// Gracefully it would read the rest.
			((ModalCloseable) response).close(CloseMode.IMMEDIATE);
		}
	}

	private static boolean isReadWhole(@Nullable HttpEntity entity) throws IOException {
		if (entity == null) {
			return true;
		}
		InputStream content = entity.getContent();
		return content.readNBytes(MOST_READ).length < MOST_READ;
	}

	private String reason(Exception ex) {
		return switch (ex) {
			case ForbiddenAddressException _ -> "The host has an address that is not on the public internet";
			case UnknownHostException _ -> "The host name cannot be resolved";
			case SSLException _ -> "TLS failed; the certificate must be valid, and for this host";
			case ConnectException _ -> "The connection was not accepted";
			case ConnectTimeoutException _ -> "No connection within " + seconds(this.connectTimeOut);
			case SocketTimeoutException _ -> noAnswer();
			case IOException _ -> "The connection broke, or the answer was not HTTP";
			default -> "The request could not be made";
		};
	}

	private String noAnswer() {
		return "No whole answer within " + seconds(this.timeOut);
	}

	private static String seconds(Duration time) {
		return time.toMillis() / 1000.0 + " s";
	}

	private static Duration since(long start) {
		return Duration.ofNanos(System.nanoTime() - start);
	}

	@Override
	public synchronized void destroy() {
		this.deadlines.shutdownNow();
		if (this.http != null) {
			this.http.close(CloseMode.IMMEDIATE);
		}
	}

}
