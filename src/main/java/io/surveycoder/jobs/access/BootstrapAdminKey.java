package io.surveycoder.jobs.access;

import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Sees to it that the key from the settings exists before the first request (contract §3,
 * first key). A revoked one stays revoked: a restart must not undo what an administrator
 * did.
 */
@Component
class BootstrapAdminKey implements InitializingBean {

	private static final Logger log = LoggerFactory.getLogger(BootstrapAdminKey.class);

	private final JdbcClient jdbc;

	private final Optional<ApiKeySecret> secret;

	BootstrapAdminKey(JdbcClient jdbc, Settings settings) {
		this.jdbc = jdbc;
		this.secret = settings.secret();
	}

	@Override
	public void afterPropertiesSet() {
		this.secret.ifPresent((key) -> {
			boolean revoked = this.jdbc.sql("""
					insert into api_key (id, name, prefix, hash, scopes)
					values (?, 'bootstrap', ?, ?, array ['admin', 'service'])
					on conflict (hash) do update set scopes = excluded.scopes
					returning revoked_at is not null
					""").params(AccessIds.apiKey(), key.prefix(), key.hash()).query(Boolean.class).single();
			if (revoked) {
				log.warn("The bootstrap admin key {} was revoked and stays so; set another one", key);
			}
		});
	}

	/**
	 * The first key.
	 *
	 * @param bootstrapAdminKey {@code scp_svc_} and 32 alphanumeric characters; absent or
	 * empty: none
	 */
	@ConfigurationProperties("jobs")
	record Settings(@Nullable String bootstrapAdminKey) {

		Settings {
			if (bootstrapAdminKey != null && !bootstrapAdminKey.isEmpty()
					&& ApiKeySecret.parse(bootstrapAdminKey).filter(ApiKeySecret::isService).isEmpty()) {
				throw new IllegalArgumentException(
						"jobs.bootstrap-admin-key must be scp_svc_ followed by 32 alphanumeric characters");
			}
		}

		Optional<ApiKeySecret> secret() {
			return Optional.ofNullable(this.bootstrapAdminKey).flatMap(ApiKeySecret::parse);
		}

		@Override
		public String toString() {
			return "Settings[bootstrapAdminKey=" + secret().map(ApiKeySecret::toString).orElse("none") + "]";
		}

	}

}
