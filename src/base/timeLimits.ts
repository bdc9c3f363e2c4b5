/**
 * Time limits that depend on each other, in ms. All derive from the deadline of one request, so changing that changes them
 * all; test/base/timeLimits.test.ts adds them up.
 */

/** Deadline of one request, from the connection to the last byte of the answer. */
export const REQUEST_MS = 10_000;

/** An exchange starts no attempt later than this after its first one. */
export const LAST_ATTEMPT_MS = 15_000;

/** The longest that one exchange takes with all its attempts. */
export const ATTEMPTS_MS = LAST_ATTEMPT_MS + REQUEST_MS;

/** How long SecretStorage may take to show a stored value before the store counts as failed. */
export const STORE_MS = 5_000;

/**
 * The longest that one window works with an API token: it reads the secret, exchanges it, exchanges the other known secret,
 * stores the result of each exchange, asks the service for what the headers need, and stores that.
 */
export const TURN_MS = STORE_MS + 2 * (ATTEMPTS_MS + STORE_MS) + REQUEST_MS + STORE_MS;

/** A lease has no heartbeat. If it is unchanged for longer than a turn, its holder has died. */
export const LEASE_LEFT_MS = TURN_MS + 5_000;

/** How long a window waits for another one: for its turn, or until the lease of a dead holder counts as abandoned. */
export const WAIT_MS = LEASE_LEFT_MS + 10_000;
