import assert from 'node:assert/strict';
import fc from '../support/properties.js';
import { formatDuration, formatUtc, untilNextText } from '../../src/views/duration.js';

const S = 1000;
const M = 60 * S;
const H = 60 * M;

describe('durations', () => {
  for (const [ms, text] of [
    [-5 * S, '0s'],
    [0, '0s'],
    [999, '0s'],
    [45 * S, '45s'],
    [60 * S, '1m 0s'],
    [95 * S, '1m 35s'],
    [2 * M - 1, '1m 59s'],
    [2 * M, '2m'],
    [27 * M + 59 * S, '27m'],
    [H, '1h 0m'],
    [H + 5 * M, '1h 5m'],
    [76 * H, '3d 4h'],
  ] as const)
    it(`${ms} ms is ${text}`, () => {
      assert.equal(formatDuration(ms), text);
    });

  it('reads the same until untilNextText, and differently then', () => {
    fc.assert(
      fc.property(fc.integer({ min: S, max: 100 * H }), (ms) => {
        const wait = untilNextText(ms);
        assert.ok(wait > 0 && wait <= H + 1);
        assert.notEqual(formatDuration(ms - wait), formatDuration(ms));
        assert.equal(formatDuration(ms - wait + 1), formatDuration(ms));
      }),
    );
  });

  it('tells a time in UTC', () => {
    assert.equal(formatUtc(Date.UTC(2026, 0, 2, 3, 4, 5)), '2026-01-02 03:04:05 UTC');
  });
});
