package io.surveycoder.jobs.webhook;

import java.net.InetAddress;
import java.net.UnknownHostException;

import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SchemePortResolver;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Connections over {@link GuardedSocket}s, to addresses of {@link HostNames}.
 */
final class GuardedConnections extends PoolingHttpClientConnectionManagerBuilder {

	private static final TimeValue KEPT_IN_ALL = TimeValue.ofMinutes(1);

	private final AddressPolicy policy;

	GuardedConnections(AddressPolicy policy) {
		this.policy = policy;
	}

	PoolingHttpClientConnectionManager build(HostNames names, Timeout timeOut, Timeout connectTimeOut) {
		setDnsResolver(new CheckedNames(names));
		// Bounded where it is claimed; here one receiver would wait for another.
		setMaxConnTotal(InFlight.MOST);
		setMaxConnPerRoute(InFlight.MOST);
		setConnectionFactory(ManagedHttpClientConnectionFactory.builder()
			.http1Config(Http1Config.custom()
				.setBufferSize(Receivers.MOST_READ)
				.setMaxLineLength(Receivers.MOST_READ)
				.setMaxHeaderCount(100)
				.build())
			.build());
		setDefaultConnectionConfig(ConnectionConfig.custom()
			.setConnectTimeout(connectTimeOut)
			.setTimeToLive(KEPT_IN_ALL)
			.setValidateAfterInactivity(TimeValue.ofMilliseconds(100))
			.build());
		// Else it is the one to connect.
		setDefaultTlsConfig(TlsConfig.custom().setHandshakeTimeout(timeOut).build());
		return build();
	}

	@Override
	protected HttpClientConnectionOperator createConnectionOperator(@Nullable SchemePortResolver ports,
			@Nullable DnsResolver names, TlsSocketStrategy tls) {
		return new DefaultHttpClientConnectionOperator((_) -> new GuardedSocket(this.policy), ports, names,
				RegistryBuilder.<TlsSocketStrategy>create().register(URIScheme.HTTPS.id, tls).build());
	}

	private record CheckedNames(HostNames names) implements DnsResolver {

		@Override
		public InetAddress[] resolve(String host) throws UnknownHostException {
			return this.names.addresses(host).toArray(InetAddress[]::new);
		}

		@Override
		public String resolveCanonicalHostname(String host) {
			return host;
		}

	}

}
