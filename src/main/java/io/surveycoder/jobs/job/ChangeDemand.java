package io.surveycoder.jobs.job;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Repository;

/**
 * Has the log of changes written, which nobody does unasked (docs/adr/0023). What was
 * asked for holds for an hour after the last one who followed has left.
 */
@Repository
class ChangeDemand {

	// What comes from a server whose ids were higher says nothing of this one.
	private static final String OF_THIS_SERVER = "complete_from < pg_snapshot_xmax(pg_current_snapshot())";

	// Ended a minute early: a writer's clock is that of its transaction's begin.
	private static final String HOLDS = "until > now() + interval '1 minute' and " + OF_THIS_SERVER;

	/**
	 * An expression: the id from which on all that transactions do is in the log; null
	 * when that is not known.
	 */
	static final String COMPLETE_FROM = "(select complete_from from job_change_demand where " + HOLDS + ")";

	/**
	 * An expression: whether whoever goes on to follow is to {@link #ask}.
	 */
	static final String MUST_ASK = """
			not exists (select from job_change_demand where until >= now() + interval '65 minutes' and %s)
			""".formatted(OF_THIS_SERVER);

	private static final String MAKE = """
			insert into job_change_demand (until)
			select now() where not exists (select from job_change_demand)
			on conflict do nothing
			""";

	static final String ASK = """
			update job_change_demand
			set until = now() + interval '75 minutes', complete_from = case when %s then complete_from end
			where until < now() + interval '65 minutes' or not %s
			""".formatted(HOLDS, OF_THIS_SERVER);

	// After that was committed: who gets a greater id has begun to write after it, and
	// sees it. Who has a smaller one, and is still running, may not have seen it.
	static final String NOTE_COMPLETE = """
			update job_change_demand set complete_from = pg_current_xact_id() where complete_from is null
			""";

	private static final String NOW = "select pg_current_snapshot()::text as snapshot, %s as complete_from, %s as must_ask"
		.formatted(COMPLETE_FROM, MUST_ASK);

	private static final int LOOKS = 20;

	private static final int PAUSE_MILLIS = 10;

	private final JdbcTemplate jdbc;

	ChangeDemand(JdbcTemplate jdbc) {
		this.jdbc = jdbc;
	}

	/**
	 * Begins to follow. Not to be called in a transaction.
	 * @param stopped ends the wait for transactions that are running
	 * @return a moment from which on all is in the log, but for what transactions do that
	 * were running when it was asked for and run for 200 ms more
	 */
	Snapshot begin(CountDownLatch stopped) {
		Moment moment = moment();
		if (moment.mustAsk) {
			ask();
			moment = moment();
		}
		for (int look = 0; look < LOOKS && moment.isUnclear() && pause(stopped); look++) {
			moment = moment();
		}
		return moment.snapshot;
	}

	/**
	 * Asks for more than an hour. Not to be called in a transaction.
	 */
	void ask() {
		this.jdbc.update(MAKE);
		this.jdbc.update(ASK);
		this.jdbc.update(NOTE_COMPLETE);
	}

	private Moment moment() {
		return Objects.requireNonNull(this.jdbc.queryForObject(NOW, (row, _) -> Moment.read(row)));
	}

	private static boolean pause(CountDownLatch stopped) {
		try {
			return !stopped.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException _) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	/**
	 * What is known of the log at a moment.
	 *
	 * @param completeFrom the first transaction whose changes are in it for sure; null:
	 * none
	 * @param mustAsk whether to ask for it
	 */
	record Moment(Snapshot snapshot, @Nullable Long completeFrom, boolean mustAsk) {

		static Moment read(ResultSet row) throws SQLException {
			String completeFrom = row.getString("complete_from");
			return new Moment(Snapshot.parse(row.getString("snapshot")),
					(completeFrom != null) ? Long.valueOf(completeFrom) : null, row.getBoolean("must_ask"));
		}

		// Whether some may be running that did not see that the log was asked for.
		private boolean isUnclear() {
			return this.completeFrom != null
					&& this.snapshot.running().stream().anyMatch((xact) -> xact < this.completeFrom);
		}

		/**
		 * Whether all that ended between another moment and this one is in the log.
		 */
		boolean hasAllSince(Snapshot from) {
			return this.completeFrom != null && from.xmax() >= this.completeFrom && from.xmax() <= this.snapshot.xmax()
					&& from.running()
						.stream()
						.noneMatch((xact) -> xact < this.completeFrom && this.snapshot.sees(xact));
		}

	}

}
