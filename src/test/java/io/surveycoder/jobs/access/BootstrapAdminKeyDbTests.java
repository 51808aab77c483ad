package io.surveycoder.jobs.access;

import io.surveycoder.jobs.testing.ServiceTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

@ServiceTest
@ExtendWith(OutputCaptureExtension.class)
class BootstrapAdminKeyDbTests {

	private final ApiKeySecret secret = ApiKeySecret.generate("svc");

	@Autowired
	JdbcClient jdbc;

	@Test
	void keyIsThereOnceHoweverOftenTheServiceStarts() {
		start();
		start();
		assertThat(this.jdbc.sql("select scopes::text from api_key where hash = ? and organization_id is null")
			.param(this.secret.hash())
			.query(String.class)
			.list()).containsExactly("{admin,service}");
	}

	@Test
	void revokedKeyStaysRevokedAndTheLogSaysSoWithoutIt(CapturedOutput output) {
		start();
		this.jdbc.sql("update api_key set revoked_at = now() where hash = ?").param(this.secret.hash()).update();
		start();
		assertThat(this.jdbc.sql("select revoked_at is not null from api_key where hash = ?")
			.param(this.secret.hash())
			.query(Boolean.class)
			.single()).isTrue();
		assertThat(output).contains(this.secret.prefix()).doesNotContain(this.secret.reveal());
	}

	@Test
	void withoutASettingNothingIsMade() {
		long before = count();
		new BootstrapAdminKey(this.jdbc, new BootstrapAdminKey.Settings(null)).afterPropertiesSet();
		new BootstrapAdminKey(this.jdbc, new BootstrapAdminKey.Settings("")).afterPropertiesSet();
		assertThat(count()).isEqualTo(before);
	}

	private void start() {
		new BootstrapAdminKey(this.jdbc, new BootstrapAdminKey.Settings(this.secret.reveal())).afterPropertiesSet();
	}

	private long count() {
		return this.jdbc.sql("select count(*) from api_key").query(Long.class).single();
	}

}
