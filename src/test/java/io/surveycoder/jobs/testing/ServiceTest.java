package io.surveycoder.jobs.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.TestExecutionListeners;
import org.springframework.test.context.TestExecutionListeners.MergeMode;

/**
 * The whole service on a real port and a real, migrated PostgreSQL; for {@code …ApiTests}
 * and {@code …DbTests}. All share one context and one database, so each test makes its
 * own organization. Background tasks do not run: tests call their steps.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "server.address=127.0.0.1", "management.server.port=0", "management.server.address=127.0.0.1",
				"jobs.bootstrap-admin-key=" + Api.ADMIN_KEY, "jobs.drain.delay=0s", "jobs.signals.enabled=false",
				"jobs.webhooks.encryption-key=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=" })
@ContextConfiguration(initializers = TestDatabase.Initializer.class)
@Import({ Api.class, JobRows.class, NoBackgroundTasks.class, Statements.class })
@ExtendWith(PromptAwaits.class)
@TestExecutionListeners(listeners = EmptyQueue.class, mergeMode = MergeMode.MERGE_WITH_DEFAULTS)
public @interface ServiceTest {

}
