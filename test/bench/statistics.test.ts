import assert from 'node:assert/strict';
import { median, percentile, ratioOf } from './statistics.js';

describe('the statistics of the benchmarks', () => {
  it('takes the value in the middle, or the mean of two, whatever the order', () => {
    assert.equal(median([9, 1, 5]), 5);
    assert.equal(median([10, 1, 2, 3]), 2.5);
    assert.equal(median([7]), 7);
  });

  it('takes percentiles by the nearest rank', () => {
    const values = [15, 20, 35, 40, 50];
    assert.equal(percentile(values, 0.05), 15);
    assert.equal(percentile(values, 0.3), 20);
    assert.equal(percentile(values, 0.4), 20);
    assert.equal(percentile(values, 0.95), 50);
    assert.equal(percentile(values.toReversed(), 1), 50);
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
    assert.equal(percentile(hundred, 0.95), 95);
  });

  it('makes nothing of no values', () => {
    assert.throws(() => median([]), RangeError);
    assert.throws(() => percentile([], 0.95), RangeError);
    assert.throws(() => ratioOf([1], [1, 2]), RangeError);
  });

  it('compares round by round', () => {
    // By the medians of all rounds it would be 1.
    assert.equal(ratioOf([4, 10, 30], [1, 10, 10]).value, 3);
  });

  it('is certain of what never varies', () => {
    assert.deepEqual(ratioOf([2, 4, 6], [1, 2, 3]), { value: 2, low: 2, high: 2 });
  });

  it('takes two that take nothing for alike, and anything for infinitely more than nothing', () => {
    assert.equal(ratioOf([0, 0], [0, 0]).value, 1);
    const infinite = Number.POSITIVE_INFINITY;
    assert.deepEqual(ratioOf([1, 2, 3], [0, 0, 0]), { value: infinite, low: infinite, high: infinite });
  });

  it('is the surer the more rounds agree', () => {
    const width = (rounds: number) => {
      const { value, low, high } = ratioOf(
        Array.from({ length: rounds }, (_, round) => 10 + (round % 5)),
        Array.from({ length: rounds }, () => 1),
      );
      assert.equal(value, 12);
      assert.ok(low >= 10 && low <= value && high >= value && high <= 14, `${low} to ${high}`);
      return high - low;
    };
    assert.ok(width(10) > width(1_000));
  });

  it('finds the same interval whenever it is asked', () => {
    const figures = [5, 1, 4, 2, 3, 9, 7, 8];
    assert.deepEqual(ratioOf(figures, figures.toReversed()), ratioOf(figures, figures.toReversed()));
  });
});
