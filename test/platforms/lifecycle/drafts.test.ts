import assert from 'node:assert/strict';
import {
  dateProblem,
  dayOf,
  durationOf,
  durationProblem,
  lengthProblem,
  minutesOf,
  readDate,
} from '../../../src/platforms/tokenForm.js';

const NOW = Date.UTC(2030, 0, 31, 12);

describe('a day that is typed', () => {
  it('ends with its last second, by UTC', () => {
    assert.equal(readDate('2030-01-31'), Date.UTC(2030, 0, 31, 23, 59, 59));
    assert.equal(readDate(' 2028-02-29 '), Date.UTC(2028, 1, 29, 23, 59, 59));
    assert.equal(dayOf(readDate('2030-01-31') ?? 0), '2030-01-31');
  });

  for (const value of [
    '',
    'tomorrow',
    '2030-02-30',
    '2029-02-29',
    '2030-13-01',
    '2030-1-1',
    '31.01.2030',
    '2030-01-31T00:00:00Z',
  ])
    it(`is not “${value}”`, () => {
      assert.equal(readDate(value), undefined);
      assert.equal(dateProblem()(value, NOW), 'must be a day, such as 2027-03-31');
    });

  const rows: readonly (readonly [value: string, maxDays: number | undefined, problem: string | undefined])[] = [
    ['2030-01-30', undefined, 'must not be in the past'],
    ['2030-01-31', undefined, undefined],
    ['2038-01-18', undefined, undefined],
    ['2038-01-19', undefined, 'must not be after 2038-01-18'],
    ['9999-12-31', undefined, 'must not be after 2038-01-18'],
    ['2030-02-13', 14, undefined],
    ['2030-02-14', 14, 'must not be more than 14 days ahead'],
  ];
  for (const [value, maxDays, problem] of rows)
    it(`${problem ?? 'may be'} with ${value}${maxDays ? ` and ${maxDays} days` : ''}`, () => {
      assert.equal(dateProblem(maxDays)(value, NOW), problem);
    });

  it('fits into 32 bits of seconds', () => assert.ok((readDate('2038-01-18') ?? Infinity) / 1000 <= 2 ** 31 - 1));
});

describe('a duration that is typed', () => {
  const rows: readonly (readonly [value: string, minutes: number])[] = [
    ['1min', 1],
    ['30 min', 30],
    ['30 minutes', 30],
    ['8 h', 480],
    ['1 hour', 60],
    ['90d', 129_600],
    ['2 WEEKS', 20_160],
    ['1d 12h', 2160],
    ['1d12h', 2160],
    ['1w 1d 1h 1min', 11_581],
  ];
  for (const [value, minutes] of rows)
    it(`is ${minutes} minutes: “${value}”`, () => {
      assert.equal(minutesOf(value), minutes);
      assert.equal(durationProblem(value), undefined);
    });

  for (const value of ['', ' ', '90', 'd', '6m', '1.5h', '-1d', '12h 1d', '1d 1d', '1y', '99999999d', '1d, 2h'])
    it(`is not “${value}”`, () => assert.match(durationProblem(value) ?? '', /^must be a duration/));

  it('is one minute at least', () => {
    assert.equal(durationProblem('0min'), 'must be at least one minute');
    assert.equal(durationProblem('0d 0h'), 'must be at least one minute');
  });

  it('is written in the format that is read', () => {
    assert.equal(durationOf(30), '30min');
    assert.equal(durationOf(1501), '1d 1h 1min');
    for (const [, minutes] of rows) assert.equal(minutesOf(durationOf(minutes)), minutes);
  });
});

describe('a line that is typed', () => {
  const problem = lengthProblem(3, 255);
  it('has a limited length', () => {
    for (const length of [3, 255]) assert.equal(problem('x'.repeat(length)), undefined);
    for (const length of [2, 256]) assert.equal(problem('x'.repeat(length)), 'must have 3 to 255 characters');
  });

  it('has only visible characters', () => {
    assert.match(problem('ci\u200Bserver') ?? '', /invisible/);
    assert.match(problem('ci\nserver') ?? '', /control/);
    assert.match(problem(' ci-server') ?? '', /space/);
  });
});
