import assert from 'node:assert/strict';
import { aheadAt, isExpiring, isUsable } from '../../src/tokens/expiry.js';

const S = 1000;
const hour = { exchangedAt: 0, expiresAt: 3600 * S };
const brief = { exchangedAt: 0, expiresAt: 60 * S };
const unknown = { exchangedAt: 0, expiresAt: null };

describe('expiry', () => {
  it('hands a token out until 60 s, or a tenth of its life, before its end', () => {
    assert.equal(isUsable(hour, 3539 * S), true);
    assert.equal(isUsable(hour, 3540 * S), false);
    assert.equal(isUsable(brief, 53 * S), true);
    assert.equal(isUsable(brief, 54 * S), false);
  });

  it('takes a token without a known end for a minute', () => {
    assert.equal(isUsable(unknown, 59 * S), true);
    assert.equal(isUsable(unknown, 60 * S), false);
  });

  it('bears a clock that was put back a little', () => {
    assert.equal(isUsable(hour, -5 * S), true);
    assert.equal(isUsable(hour, -6 * S), false);
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
