package io.surveycoder.jobs.access;

import java.util.List;
import java.util.Optional;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Each is one statement.
 */
@Repository
class Organizations {

	private final JdbcClient jdbc;

	Organizations(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	Organization add(String id, String name) {
		return this.jdbc.sql("insert into organization (id, name) values (?, ?) returning *")
			.params(id, name)
			.query(Organization::of)
			.single();
	}

	List<Organization> inOrderOfCreation() {
		return this.jdbc.sql("select * from organization order by created_at, id").query(Organization::of).list();
	}

	Optional<Organization> withId(String id) {
		return this.jdbc.sql("select * from organization where id = ?").param(id).query(Organization::of).optional();
	}

	/**
	 * Disables it, once: the first time stays.
	 * @return whether there is one
	 */
	boolean disable(String id) {
		return this.jdbc.sql("""
				update organization set disabled_at = coalesce(disabled_at, date_trunc('milliseconds', now()))
				where id = ?
				""").param(id).update() == 1;
	}

}
