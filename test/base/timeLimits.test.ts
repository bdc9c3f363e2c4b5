import assert from 'node:assert/strict';
import {
  ATTEMPTS_MS,
  LAST_ATTEMPT_MS,
  LEASE_LEFT_MS,
  REQUEST_MS,
  STORE_MS,
  TURN_MS,
  WAIT_MS,
} from '../../src/base/timeLimits.js';
import { retryDelayMs } from '../../src/exchange/retry.js';
import { AppError } from '../../src/base/errors.js';

/** How long after the last write another window may see a lease. */
const PROPAGATION_MS = 1_000;

describe('Time limits', () => {
  it('start no attempt that could exceed the time for all attempts', () => {
    const at = (elapsedMs: number) =>
      retryDelayMs(new AppError('unreachable'), { count: 1, ambiguous: 0, elapsedMs, isAwaited: true }, 'freely', 0);
    assert.notEqual(at(ATTEMPTS_MS - REQUEST_MS), undefined);
    assert.equal(at(ATTEMPTS_MS - REQUEST_MS + 1), undefined);
  });

  it('give a turn enough time for all that a window does with an API token', () => {
    const read = STORE_MS;
    const exchange = LAST_ATTEMPT_MS + REQUEST_MS + STORE_MS;
    const discovery = REQUEST_MS + STORE_MS;
    assert.equal(TURN_MS, read + exchange + exchange + discovery);
  });

  it('count no lease as abandoned while its holder may be working', () => assert.ok(LEASE_LEFT_MS > TURN_MS + PROPAGATION_MS));

  it('let a window wait for a whole turn of another one, and for an abandoned lease', () => {
    assert.ok(WAIT_MS > TURN_MS);
    assert.ok(WAIT_MS > LEASE_LEFT_MS + PROPAGATION_MS);
  });
});
