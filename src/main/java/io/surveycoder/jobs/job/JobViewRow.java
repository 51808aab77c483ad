package io.surveycoder.jobs.job;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;

import org.springframework.jdbc.core.RowMapper;

/**
 * Reads a {@link JobView} from a row with {@link JobView#COLUMNS}.
 */
public final class JobViewRow implements RowMapper<JobView> {

	@Override
	public JobView mapRow(ResultSet row, int number) throws SQLException {
		return new JobView(row.getString("id"), row.getString("type"), row.getString("status"), row.getInt("processed"),
				row.getInt("total"), row.getObject("updated_at", OffsetDateTime.class).toInstant(),
				row.getString("result"), row.getString("error_code"), row.getString("error_message"));
	}

}
