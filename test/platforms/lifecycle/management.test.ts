import assert from 'node:assert/strict';
import { AppError } from '../../../src/base/errors.js';
import {
  allPages,
  OF_ONE_TOKEN,
  OF_TOKENS,
  readChange,
  readId,
  readManaged,
  readText,
  readTime,
  requireDone,
} from '../../../src/platforms/management.js';
import { answer, failure, SENT_AT } from '../table.js';
import { talk } from './talk.js';

const reply = (response: ReturnType<typeof answer>) => ({ response, sentAt: SENT_AT });

describe('answers to calls that manage API tokens', () => {
  it('succeed only with 200, 201 or 204', () => {
    for (const status of [200, 201, 204]) requireDone(reply(answer(status, '')), [], OF_TOKENS);
    for (const status of [202, 206, 301]) failure(() => requireDone(reply(answer(status, '')), [], OF_TOKENS));
    assert.deepEqual(readManaged(reply(answer(204, '')), [], OF_TOKENS), {});
  });

  it('are read as strictly as those to an exchange', () => {
    const rows = [
      ['{"id": 1', 'connection-lost'],
      ['yes', 'not-json'],
      ['[]', 'not-json'],
      ['{"id":1,"id":2}', 'unexpected-answer'],
      ['{"error":"oops"}', 'request-refused'],
    ] as const;
    for (const [body, code] of rows)
      assert.equal(failure(() => readManaged(reply(answer(200, body)), [], OF_TOKENS)).code, code, body);
  });

  it('that succeed but cannot be read leave it uncertain whether something was changed', () => {
    for (const body of ['{"id": 1', 'yes', '{"id":1,"id":2}']) {
      const uncertain = new AppError('creation-uncertain', { name: 'ci' });
      const error = failure(() => readChange(reply(answer(201, body)), [], OF_TOKENS, uncertain));
      assert.equal(error.code, 'creation-uncertain');
      assert.equal(error.facts['name'], 'ci');
    }
    const accepted = failure(() => readChange(reply(answer(202, '{}')), [], OF_TOKENS, new AppError('creation-uncertain')));
    assert.equal(accepted.code, 'creation-uncertain');
    const refused = failure(() => readChange(reply(answer(403, '{}')), [], OF_TOKENS, new AppError('creation-uncertain')));
    assert.equal(refused.code, 'rights-missing');
  });

  const words = [
    'Name already exists',
    'A token exists already',
    'is already in use',
    'DUPLICATE_NAME',
    'the name is not unique',
    'must be unique',
  ];
  for (const message of words)
    it(`report with “${message}” that the name is taken`, () => {
      const error = failure(() => readManaged(reply(answer(400, { message })), [], OF_TOKENS));
      assert.equal(error.code, 'name-taken');
    });

  it('report so with 409, but not for a call without a name', () => {
    assert.equal(failure(() => readManaged(reply(answer(409, {})), [], OF_ONE_TOKEN)).code, 'name-taken');
    const nameless = failure(() => readManaged(reply(answer(400, { message: 'duplicate' })), [], { 404: 'token-gone' }));
    assert.equal(nameless.code, 'request-refused');
  });
});

describe('a list in pages', () => {
  const entries = (count: number, from = 0) => Array.from({ length: count }, (_, index) => ({ id: from + index }));
  const list = (size: number, total?: number) =>
    allPages(
      size,
      (page, count) => ({ method: 'GET', url: `https://x.example/?page=${page}&after=${count}`, headers: {} }),
      ({ response }) => ({ entries: JSON.parse(response.body) as Record<string, unknown>[], total }),
      ({ id }) => ({ id: String(id), name: '', state: 'active' }),
    );
  const ids = (count: number) => Array.from({ length: count }, (_, index) => String(index));

  it('ends with the first page that is not full', () => {
    const { result, requests } = talk(list(2), answer(200, entries(2)), answer(200, entries(1, 2)));
    assert.deepEqual(
      result.map(({ id }) => id),
      ids(3),
    );
    assert.deepEqual(
      requests.map(({ url }) => url.split('?')[1]),
      ['page=1&after=0', 'page=2&after=2'],
    );
  });

  it('ends by its total, if pages are shorter than requested', () => {
    const { result } = talk(list(10, 5), answer(200, entries(2)), answer(200, entries(2, 2)), answer(200, entries(1, 4)));
    assert.deepEqual(
      result.map(({ id }) => id),
      ids(5),
    );
  });

  it('ends with an empty page, whatever its total', () => {
    assert.deepEqual(talk(list(2, 9), answer(200, [])).result, []);
  });

  it('contains a token once, even if it has moved between pages', () => {
    const { result } = talk(list(2), answer(200, entries(2)), answer(200, entries(1, 1)));
    assert.deepEqual(
      result.map(({ id }) => id),
      ids(2),
    );
  });

  it('ends after 100 pages', () => {
    const { requests } = talk(list(1), ...Array.from({ length: 100 }, (_, page) => answer(200, entries(1, page))));
    assert.equal(requests.length, 100);
  });
});

describe('times, texts and IDs of services', () => {
  const rows: readonly (readonly [value: unknown, time: number | undefined])[] = [
    [SENT_AT, SENT_AT],
    [SENT_AT / 1000, SENT_AT],
    [String(SENT_AT), SENT_AT],
    [String(SENT_AT / 1000), SENT_AT],
    ['2030-01-01T00:00:00Z', SENT_AT],
    ['2030-01-01T00:00:00.000+0000', SENT_AT],
    ['2030-01-01T01:00:00+01:00', SENT_AT],
    ['2030-01-01T00:00:00', SENT_AT],
    ['2030-01-01 00:00:00', SENT_AT],
    ['2030-01-01', SENT_AT],
    [99_999_999_999, 99_999_999_999_000],
    [100_000_000_000, 100_000_000_000],
    [2 ** 31, 2 ** 31 * 1000],
    [0, undefined],
    [-1, undefined],
    ['', undefined],
    ['soon', undefined],
    ['2030-13-01', undefined],
    [NaN, undefined],
    [1e18, undefined],
    [null, undefined],
    [true, undefined],
  ];
  for (const [value, time] of rows) it(`reads ${JSON.stringify(value)} as ${time}`, () => assert.equal(readTime(value), time));

  it('puts texts on one line, and cuts long ones', () => {
    assert.equal(readText(' ci\n\u202Eserver '), 'ci server');
    assert.equal(readText('x'.repeat(300))?.length, 256);
    for (const none of ['', ' ', '\u200B', 1, null, {}]) assert.equal(readText(none), undefined);
  });

  it('accepts an ID that is safe in a path', () => {
    assert.equal(readId('urn:vcloud:token:1'), 'urn:vcloud:token:1');
    assert.equal(readId(4711), '4711');
    for (const none of ['', '.', '..', 'a b', 'a\n', 'x'.repeat(257), null, {}, true]) assert.equal(readId(none), undefined);
  });
});
