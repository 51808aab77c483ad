package io.surveycoder.jobs.access;

import java.util.List;
import java.util.Optional;

import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.repository.Repository;
import org.springframework.transaction.annotation.Transactional;

@Transactional
interface Organizations extends Repository<Organization, String> {

	@NativeQuery("insert into organization (id, name) values (:id, :name) returning *")
	Organization add(String id, String name);

	@NativeQuery("select * from organization order by created_at, id")
	List<Organization> inOrderOfCreation();

	Optional<Organization> findById(String id);

	/**
	 * Disables it, once: the first time stays. Empty when there is none.
	 */
	@NativeQuery("""
			update organization set disabled_at = coalesce(disabled_at, date_trunc('milliseconds', now()))
			where id = :id returning id
			""")
	Optional<String> disable(String id);

}
