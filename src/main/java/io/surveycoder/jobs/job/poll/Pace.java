package io.surveycoder.jobs.job.poll;

/**
 * How fast a job that is not finished gets on, by the database's clock.
 *
 * @param processed items done
 * @param total items there are
 * @param createdAt in milliseconds since 1970, as all times here
 * @param updatedAt when it last changed
 * @param now not before either
 */
record Pace(int processed, int total, long createdAt, long updatedAt, long now) {

	static final int LEAST = 1;

	static final int MOST = 30;

	private static final double PART = 0.25;

	/**
	 * When its client does well to ask again (contract §4, {@code Retry-After}): when it
	 * will be finished at its pace so far. One that has shown none yet, or is overdue, is
	 * asked for less and less often, as it may take long still.
	 * @return whole seconds, 1 to 30
	 */
	int retryAfterSeconds() {
		double millis;
		if (this.processed == 0) {
			millis = (this.now - this.createdAt) * PART;
		}
		else {
			double left = (double) (this.total - this.processed) * (this.updatedAt - this.createdAt) / this.processed
					- (this.now - this.updatedAt);
			millis = (left > 0) ? left : -left * PART;
		}
		return (int) Math.clamp(Math.ceil(millis / 1e3), LEAST, MOST);
	}

}
