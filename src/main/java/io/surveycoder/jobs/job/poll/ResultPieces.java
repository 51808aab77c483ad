package io.surveycoder.jobs.job.poll;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

import io.surveycoder.jobs.job.JobId;
import io.surveycoder.jobs.job.JobRetention;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGStatement;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Reads a result piece by piece, so that no more of it than a piece is ever in memory.
 */
@Component
class ResultPieces {

	/**
	 * The pieces from a position on. PostgreSQL unpacks and checks the whole result for
	 * each execution, not for each piece ({@code offset 0} keeps the inner select what it
	 * is), so whoever wants all of it reads them from one.
	 */
	static final String PIECES = """
			select substring(bytes from place for ?), octet_length(bytes)
			from (
			    select convert_to(result::text, 'UTF8') as bytes
			    from job
			    where organization_id = ? and id = ? and id >= job_horizon(?)
			    offset 0
			) one cross join lateral generate_series(?, octet_length(bytes), ?) place
			limit ?
			""";

	static final int PIECE_BYTES = 1 << 20;

	private final JdbcTemplate jdbc;

	private final TransactionTemplate transaction;

	private final long retention;

	ResultPieces(JdbcTemplate jdbc, PlatformTransactionManager transactions, JobRetention retention) {
		this.jdbc = jdbc;
		this.transaction = new TransactionTemplate(transactions);
		this.transaction.setReadOnly(true);
		this.retention = retention.millis();
	}

	/**
	 * Writes a whole result. It takes a connection for as long as that lasts: not for a
	 * socket.
	 * @return whether there is one
	 */
	boolean writeAll(String organization, JobId id, OutputStream out) throws IOException {
		try {
			// A driver hands out rows one by one only inside a transaction.
			return Boolean.TRUE.equals(this.transaction
				.execute((_) -> this.jdbc.query((connection) -> statement(connection.prepareStatement(PIECES),
						organization, id, 0, Integer.MAX_VALUE), (ResultSet rows) -> {
							boolean found = false;
							while (rows.next()) {
								found = true;
								write(rows.getBytes(1), out);
							}
							return found;
						})));
		}
		catch (UncheckedIOException ex) {
			throw ex.getCause();
		}
	}

	/**
	 * One piece.
	 * @param position where it begins, from 0
	 * @return null when the job is gone
	 */
	@Nullable Piece piece(String organization, JobId id, int position) {
		List<Piece> pieces = this.jdbc.query(
				(connection) -> statement(connection.prepareStatement(PIECES), organization, id, position, 1),
				(row, _) -> new Piece(row.getBytes(1), row.getInt(2)));
		return pieces.isEmpty() ? null : pieces.getFirst();
	}

	private PreparedStatement statement(PreparedStatement statement, String organization, JobId id, int position,
			int limit) throws SQLException {
		PGStatement driver = statement.unwrap(PGStatement.class);
		// Bytes as they are; the driver asks for hex until a statement was used often.
		// Not
		// where it was told to prepare nothing, for a pooler.
		if (driver.getPrepareThreshold() > 0) {
			driver.setPrepareThreshold(-1);
		}
		statement.setFetchSize(1);
		statement.setInt(1, PIECE_BYTES);
		statement.setString(2, organization);
		statement.setString(3, id.value());
		statement.setLong(4, this.retention);
		statement.setInt(5, position + 1);
		statement.setInt(6, PIECE_BYTES);
		statement.setInt(7, limit);
		return statement;
	}

	private static void write(byte[] piece, OutputStream out) {
		try {
			out.write(piece);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * A part of a result.
	 *
	 * @param bytes UTF-8, perhaps from the middle of a character to that of another
	 * @param total how many bytes the whole result has
	 */
	record Piece(byte[] bytes, int total) {
	}

}
