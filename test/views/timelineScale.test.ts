import assert from 'node:assert/strict';
import fc from '../support/properties.js';
import { placeOf, scaleOf, type Lifetime } from '../../src/views/timelineScale.js';

const DAY = 24 * 3_600_000;
const NOW = Date.UTC(2030, 5, 12, 9);
const inDays = (to: number | null | undefined, from = 0): Lifetime => ({
  from: NOW - from * DAY,
  to: typeof to === 'number' ? NOW + to * DAY : to,
});
const daysAhead = (...lifetimes: Lifetime[]): number => Math.round((scaleOf(lifetimes, NOW).to - NOW) / DAY);
const daysBack = (...lifetimes: Lifetime[]): number => Math.round((NOW - scaleOf(lifetimes, NOW).from) / DAY);

describe('the scale of the timeline', () => {
  it('reaches a little beyond the last end', () => {
    assert.equal(daysAhead(inDays(100), inDays(200)), 210);
  });

  it('shows a month where nothing ends, or all of it soon', () => {
    assert.equal(daysAhead(), 30);
    assert.equal(daysAhead(inDays(null), inDays(undefined), inDays(-5)), 30);
    assert.equal(daysAhead(inDays(2), inDays(6)), 30);
  });

  it('leaves out an expiry so late that the others would be squeezed together', () => {
    assert.equal(daysAhead(inDays(5), inDays(6), inDays(3650)), 30);
    assert.equal(daysAhead(inDays(5), inDays(3650)), 30);
    assert.equal(daysAhead(inDays(300), inDays(3650)), 315);
    assert.equal(daysAhead(inDays(3650)), 730);
  });

  it('begins with the first token, and shows no more of the past than of the future', () => {
    assert.equal(daysBack(inDays(200, 50)), 50);
    assert.equal(daysBack(inDays(200, 5000)), 105);
    assert.equal(daysBack(inDays(200, 0)), 7);
  });

  it('places times in percent', () => {
    const scale = { from: NOW, to: NOW + 10 * DAY };
    assert.equal(placeOf(scale, NOW), 0);
    assert.equal(placeOf(scale, NOW + DAY), 10);
    assert.equal(placeOf(scale, NOW + 12 * DAY), 120);
    assert.equal(placeOf(scale, NOW - DAY), -10);
  });

  it('has ticks at weeks or months, in order, within it, and with room between them', () => {
    const lifetime = fc.record({
      from: fc.integer({ min: NOW - 4000 * DAY, max: NOW }),
      to: fc.oneof(fc.constant(null), fc.constant(undefined), fc.integer({ min: NOW - 4000 * DAY, max: NOW + 9000 * DAY })),
    });
    fc.assert(
      fc.property(fc.array(lifetime), (lifetimes) => {
        const { from, to, ticks, isMonthly } = scaleOf(lifetimes, NOW);
        assert.ok(from < NOW && NOW < to);
        assert.ok(ticks.length >= 2 && ticks.length <= 8, String(ticks.length));
        assert.deepEqual(ticks, [...new Set(ticks)].sort());
        for (const tick of ticks) {
          const date = new Date(tick);
          assert.ok(from < tick && tick < to);
          assert.equal(isMonthly ? date.getDate() : date.getDay(), 1);
          assert.equal(date.getHours(), 0);
        }
      }),
    );
  });
});
