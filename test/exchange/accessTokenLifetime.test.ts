import assert from 'node:assert/strict';
import { aheadAt, bornAt, isExpiring, isUsable, timesAt } from '../../src/exchange/accessTokenLifetime.js';

const S = 1000;
const hour = { exchangedAt: 0, expiresAt: 3600 * S };
const brief = { exchangedAt: 0, expiresAt: 60 * S };
const unknown = { exchangedAt: 0, expiresAt: null };

describe('expiry', () => {
  it('hands a token out until 60 s, or a tenth of its life, before its end', () => {
    assert.equal(isUsable(hour, 3539 * S, 0), true);
    assert.equal(isUsable(hour, 3540 * S, 0), false);
    assert.equal(isUsable(brief, 53 * S, 0), true);
    assert.equal(isUsable(brief, 54 * S, 0), false);
  });

  it('takes a token without a known end for a minute', () => {
    assert.equal(isUsable(unknown, 59 * S, 0), true);
    assert.equal(isUsable(unknown, 60 * S, 0), false);
  });

  it('bears a clock that was put back a little', () => {
    assert.equal(isUsable(hour, -5 * S, 0), true);
    assert.equal(isUsable(hour, -6 * S, 0), false);
  });

  it('hands nothing out that has ended by either clock', () => {
    // The clock on the wall was put back; the other one stood still while the machine slept.
    assert.equal(isUsable(hour, 10 * S, 3540 * S), false);
    assert.equal(isUsable(hour, 3540 * S, 10 * S), false);
    assert.equal(isUsable(unknown, 10 * S, 60 * S), false);
    assert.equal(isUsable(hour, 3539 * S, 3539 * S), true);
  });

  it('does not believe in an age of a token from the future', () => {
    assert.equal(bornAt({ ...hour, exchangedAt: 100 * S }, 160 * S, 500 * S), 440 * S);
    assert.equal(bornAt({ ...hour, exchangedAt: 100 * S }, 95 * S, 500 * S), 500 * S);
    assert.equal(bornAt({ ...hour, exchangedAt: 100 * S }, 94 * S, 500 * S), -Infinity);
  });

  it('tells the times of a token by a clock that was put back', () => {
    const at = (times: typeof hour | typeof unknown, now: number, age: number) => {
      const { exchangedAt, expiresAt } = timesAt(times, now * S, age * S);
      return [exchangedAt / S, expiresAt && expiresAt / S];
    };
    assert.equal(timesAt(hour, 1800 * S, 1805 * S), hour, 'a little');
    assert.equal(timesAt(hour, 1800 * S, 10 * S), hour, 'the other clock stood still');
    assert.equal(timesAt(hour, 7200 * S, 7200 * S), hour, 'it has ended');
    assert.deepEqual(at(hour, 600, 1800), [-1200, 2400]);
    assert.deepEqual(at(hour, -7200, 1800), [-9000, -5400]);
    assert.deepEqual(at(hour, 600, 7200), [-3000, 600]);
    assert.deepEqual(at(hour, -600, Infinity), [-4200, -600]);
    assert.deepEqual(at(unknown, -600, 30), [-630, null]);
  });

  it('shows the last 5 minutes, or the last fifth, as expiring', () => {
    assert.equal(isExpiring(hour, 3299 * S), false);
    assert.equal(isExpiring(hour, 3300 * S), true);
    assert.equal(isExpiring(brief, 48 * S), true);
    assert.equal(isExpiring(unknown, 1e12), false);
  });

  it('exchanges ahead between 70 and 80 % of a life, and not for very short or unknown ones', () => {
    assert.equal(aheadAt(hour, 0), 2520 * S);
    assert.equal(aheadAt(hour, 1), 2880 * S);
    assert.equal(aheadAt({ exchangedAt: 0, expiresAt: 19 * S }, 0.5), undefined);
    assert.equal(aheadAt(unknown, 0.5), undefined);
  });
});
