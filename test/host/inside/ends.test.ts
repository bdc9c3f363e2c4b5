import assert from 'node:assert/strict';
import { dueEnd, formatDistance, shortEndText, shortLeft } from '../../../src/views/expiryTexts.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2030, 5, 12, 9);

describe('the expiry of an API token, in words', () => {
  for (const [ms, distance, short] of [
    [71 * DAY, 'in 71 days', '71d'],
    [2 * DAY, 'in 2 days', '2d'],
    [2 * DAY - 1, 'in 47 hours', '1d'],
    [DAY - 1, 'in 23 hours', '23h'],
    [HOUR, 'in 1 hour', '1h'],
    [HOUR - 1, 'within the hour', '<1h'],
  ] as const)
    it(`${ms} ms ahead is ${distance}`, () => {
      assert.equal(formatDistance(ms), distance);
      assert.equal(shortLeft(ms), short);
    });

  for (const [ms, distance] of [
    [-1, 'less than an hour ago'],
    [-30 * HOUR, '30 hours ago'],
    [-3 * DAY, '3 days ago'],
  ] as const)
    it(`${ms} ms is ${distance}`, () => {
      assert.equal(formatDistance(ms), distance);
    });

  it('is shown beside a token from the first reminder on, then with the reminder that is due', () => {
    const noted = (ms: number) => dueEnd({ end: { at: NOW + ms, from: 'service' } }, [30, 7, 1], NOW);
    assert.equal(noted(31 * DAY), undefined);
    assert.equal(noted(30 * DAY)?.days, 30);
    assert.equal(noted(6 * DAY)?.days, 7);
    assert.equal(noted(-DAY)?.days, 1);
    assert.equal(dueEnd({}, [30], NOW), undefined);
    assert.equal(dueEnd({ end: { at: null, from: 'service' } }, [30], NOW), undefined);
  });

  it('says whether an exchange puts it off', () => {
    const at = NOW + 6 * DAY;
    assert.equal(shortEndText({ at, kind: 'end' }, NOW), 'API token expires in 6d');
    assert.equal(shortEndText({ at, kind: 'unless-exchanged' }, NOW), 'exchange the API token within 6d');
    assert.equal(shortEndText({ at: NOW, kind: 'end' }, NOW), 'API token expired');
  });
});
