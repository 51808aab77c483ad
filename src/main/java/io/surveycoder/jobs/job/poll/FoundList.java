package io.surveycoder.jobs.job.poll;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;

import io.surveycoder.jobs.http.JsonBytes;
import io.surveycoder.jobs.http.ListEnvelope;
import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.JobSummary;
import org.jspecify.annotations.Nullable;

/**
 * A list as it was read.
 *
 * @param answer what its client gets
 * @param tag the answer's entity tag
 * @param last the job that ends it where more follow; null where none do
 */
record FoundList(JsonBytes<ListEnvelope<JobSummary>> answer, String tag, @Nullable JobId last) {

	/**
	 * What a statement has to select of each job, for {@link #read}.
	 */
	static final String COLUMNS = "id, type, status, processed, total, updated_at";

	private static final int PLACE = 7;

	/**
	 * Lists from rows, which come one list after the other; a list may have none. A row
	 * says after {@link #COLUMNS} of which it is, from 1.
	 * @param limits how many jobs each may have. One row more says that more follow
	 */
	static List<FoundList> read(List<Integer> limits, ResultSet rows) throws SQLException {
		List<FoundList> found = new ArrayList<>(limits.size());
		boolean more = rows.next();
		for (int place = 1; place <= limits.size(); place++) {
			int limit = limits.get(place - 1);
			JobJson json = new JobJson().openList();
			String last = "";
			int count = 0;
			for (; count < limit && more && rows.getInt(PLACE) == place; more = rows.next()) {
				last = rows.getString(1);
				json.next(count++)
					.job(last, rows.getString(2), rows.getString(3), rows.getInt(4), rows.getInt(5),
							rows.getObject(6, OffsetDateTime.class))
					.closeJob();
			}
			boolean goesOn = false;
			for (; more && rows.getInt(PLACE) == place; more = rows.next()) {
				goesOn = true;
			}
			byte[] body = json.closeList(count);
			found.add(new FoundList(new JsonBytes<>(body), EntityTag.ofBody(body), goesOn ? new JobId(last) : null));
		}
		return found;
	}

}
