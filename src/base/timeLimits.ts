/**
 * The limits of time that depend on each other, in ms. Each follows from the deadline of one request, so that whoever changes
 * that changes all of them; test/base/timeLimits.test.ts adds them up.
 */

/** Of one request, from the connection to the last byte of the answer. */
export const REQUEST_MS = 10_000;

/** No attempt of an exchange begins later than this after the first one. */
export const LAST_ATTEMPT_MS = 15_000;

/** One exchange with all its attempts. */
export const ATTEMPTS_MS = LAST_ATTEMPT_MS + REQUEST_MS;

/** Until SecretStorage has shown what was stored, or the store counts as failed. */
export const STORE_MS = 5_000;

/**
 * The longest that one window works with an API token: it reads the secret, exchanges it, exchanges the other secret that is
 * known, stores what each exchange brought, asks the service what headers need, and stores that.
 */
export const TURN_MS = STORE_MS + 2 * (ATTEMPTS_MS + STORE_MS) + REQUEST_MS + STORE_MS;

/** A lease has no heartbeat: unchanged for longer than a turn, its holder no longer exists. */
export const LEASE_LEFT_MS = TURN_MS + 5_000;

/** A window waits for a turn of another one, or until the lease of one that no longer exists counts as left. */
export const WAIT_MS = LEASE_LEFT_MS + 10_000;
