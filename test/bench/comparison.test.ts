import assert from 'node:assert/strict';
import { compare, judge, type Result } from './comparison.js';
import type { Target } from './row.js';

describe('the comparison of a row', () => {
  const resultOf = (targets: readonly Target[] = [], ours: readonly (readonly number[])[] = [[2, 2, 8], [4]]): Result => ({
    id: 'X1',
    title: 'something',
    unit: 'ms',
    targets,
    measured: [
      { name: 'Tenant Tokens', rounds: ours },
      { name: 'example 1.2.3', rounds: [[6], [8]] },
      { name: 'sample 4.5.6', rounds: [[1], [2]] },
    ],
  });

  it('takes the figures of all turns together', () => {
    const [ours, example] = compare(resultOf());
    assert.deepEqual(ours, { name: 'Tenant Tokens', p50: 3, p95: 8 });
    assert.equal(example?.p50, 7);
  });

  it('says how many times ours the others take', () => {
    const [, example, sample] = compare(resultOf());
    // The rounds are 3 and 2, and 0.5 and 0.5.
    assert.deepEqual(example?.times, { value: 2.5, low: 2, high: 3 });
    assert.deepEqual(sample?.times, { value: 0.5, low: 0.5, high: 0.5 });
  });

  it('knows no multiple of nothing', () => {
    for (const { times } of compare(resultOf([], [[0], [0]]))) assert.equal(times, undefined);
  });

  it('judges by the unit, or by what is named, the limit included', () => {
    const verdicts = judge(
      resultOf([
        { figure: 'p50', atMost: 3 },
        { figure: 'p50', atMost: 2.9 },
        { figure: 'p50', versus: 'example', atMost: 1 },
        { figure: 'p50', versus: 'sample', atMost: 1.9 },
        { figure: 'p95', versus: 'example', atMost: 1 },
        { figure: 'p95', versus: 'sample', atMost: 1 },
      ]),
    );
    assert.deepEqual(
      verdicts.map(({ figure, isMet }) => [Number(figure.toFixed(3)), isMet]),
      [
        [3, true],
        [3, false],
        [0.417, true],
        [2, false],
        [1, true],
        [4, false],
      ],
    );
  });

  it('judges moonshots where there are some', () => {
    const verdicts = judge(
      resultOf([
        { figure: 'p50', atMost: 5, moonshot: 3 },
        { figure: 'p50', atMost: 5, moonshot: 1 },
        { figure: 'p50', atMost: 5 },
      ]),
    );
    assert.deepEqual(
      verdicts.map(({ isMoonshotMet }) => isMoonshotMet),
      [true, false, undefined],
    );
  });

  it('refuses a target against what is not measured', () => {
    assert.throws(() => judge(resultOf([{ figure: 'p50', versus: 'another', atMost: 1 }])), /X1 has a target against another/);
  });
});
