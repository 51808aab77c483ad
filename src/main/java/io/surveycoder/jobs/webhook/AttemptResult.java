package io.surveycoder.jobs.webhook;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * What became of one request to a receiver.
 *
 * @param status what it answered; absent when it did not
 * @param error why that is no success; absent when it is
 */
record AttemptResult(@Nullable Integer status, @Nullable String error, Duration duration) {

	/**
	 * The receiver answered: 2xx is success, and nothing else is (contract §5).
	 */
	static AttemptResult answered(int status, Duration duration) {
		boolean redirect = status >= 300 && status < 400;
		return new AttemptResult(status, (status >= 200 && status < 300) ? null
				: redirect ? "Redirects are not followed" : "The answer was no success", duration);
	}

	static AttemptResult failed(String error, Duration duration) {
		return new AttemptResult(null, error, duration);
	}

	boolean isSuccess() {
		return this.error == null;
	}

}
