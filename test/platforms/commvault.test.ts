import assert from 'node:assert/strict';
import { commvault } from '../../src/platforms/commvault/platform.js';
import { answer, htmlAnswer, readsAnswers, SENT_AT, SENT_AT_SECONDS, validatesTenants } from './table.js';

const secret = { accessToken: 'EXAMPLE-access-1', refreshToken: 'EXAMPLE-refresh-1' };
const tenant = {
  id: 'backup',
  name: 'Backup',
  platform: 'commvault',
  url: 'https://cc.example.com/commandcenter/api',
} as const;
const DAY_S = 24 * 3600;

describe('Commvault: request of an exchange', () => {
  const plain = {
    method: 'POST',
    url: 'https://cc.example.com/commandcenter/api/V4/AccessToken/Renew',
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: '{"accessToken":"EXAMPLE-access-1","refreshToken":"EXAMPLE-refresh-1"}',
  };

  it('sends the pair as JSON, without authorization', () => {
    assert.deepEqual(commvault.exchange(tenant, secret), plain);
    assert.deepEqual(commvault.exchange({ ...tenant, renewWith: 'none' }, secret), plain);
    assert.deepEqual(commvault.exchange({ ...tenant, url: `${tenant.url}/` }, secret), plain);
  });

  for (const [renewWith, header] of [
    ['bearer', { authorization: 'Bearer EXAMPLE-access-1' }],
    ['authtoken', { authtoken: 'EXAMPLE-access-1' }],
    ['authtoken-bearer', { authtoken: 'Bearer EXAMPLE-access-1' }],
  ] as const)
    it(`has the old access token in a header if the tenant sets ${renewWith}`, () => {
      assert.deepEqual(commvault.exchange({ ...tenant, renewWith }, secret), {
        ...plain,
        headers: { ...plain.headers, ...header },
      });
    });

  it('sends the tenant’s account to a SaaS that requires it', () => {
    assert.deepEqual(commvault.exchange({ ...tenant, lhAccountId: 'acme' }, secret), {
      ...plain,
      headers: { ...plain.headers, lhaccountid: 'acme' },
    });
  });

  it('goes to older sites too', () => {
    const older = { ...tenant, url: 'https://cc.example.com/webconsole/api' };
    assert.equal(commvault.exchangeUrl(older), 'https://cc.example.com/webconsole/api/V4/AccessToken/Renew');
  });
});

describe('Commvault: answer to an exchange', () => {
  const good = {
    accessToken: 'EXAMPLE-access-2',
    refreshToken: 'EXAMPLE-refresh-2',
    tokenExpiryTimestamp: SENT_AT_SECONDS + 1800,
    renewableUntilTimestamp: SENT_AT_SECONDS + 90 * DAY_S,
  };
  const rotated = { accessToken: 'EXAMPLE-access-2', refreshToken: 'EXAMPLE-refresh-2' };
  /** A pair can be renewed for two weeks after its access token expires. */
  const endingAt = (expiresAt: number) => ({ expiresAt, exchangeBy: expiresAt + 14 * DAY_S * 1000 });
  const expected = {
    accessToken: 'EXAMPLE-access-2',
    ...endingAt(SENT_AT + 1_800_000),
    rotated,
    apiTokenExpiresAt: SENT_AT + 90 * DAY_S * 1000,
  };
  const { apiTokenExpiresAt: _, ...expectedForever } = expected;
  const { exchangeBy: __, ...expectedUnknown } = expected;
  const unknown = { ...expectedUnknown, expiresAt: null };
  const unusable = { ...unknown, remarks: ['expiry-unusable'] } as const;
  const refused = 'api-token-refused';
  readsAnswers(commvault, tenant, secret, [
    { when: 'a pair that replaces the one sent', response: answer(200, good), gives: expected },
    { when: 'errorCode 0 beside the pair', response: answer(200, { ...good, errorCode: 0, errorMessage: '' }), gives: expected },
    {
      when: 'a pair in the format of a creation',
      response: answer(200, { error: { errorMessage: '', errorCode: 0 }, tokenInfo: good }),
      gives: expected,
    },
    {
      when: 'a lifetime of two hours',
      response: answer(200, { ...good, tokenExpiryTimestamp: SENT_AT_SECONDS + 7200 }),
      gives: { ...expected, ...endingAt(SENT_AT + 7_200_000) },
    },
    {
      when: 'the expiry of its refresh token',
      response: answer(200, { ...good, refreshTokenExpiryTimestamp: SENT_AT_SECONDS + 14 * DAY_S }),
      gives: { ...expected, exchangeBy: SENT_AT + 14 * DAY_S * 1000 },
    },
    { when: 'expiry 0, which is unknown', response: answer(200, { ...good, tokenExpiryTimestamp: 0 }), gives: unknown },
    { when: 'no expiry', response: answer(200, { ...good, tokenExpiryTimestamp: undefined }), gives: unknown },
    { when: 'a negative expiry', response: answer(200, { ...good, tokenExpiryTimestamp: -1 }), gives: unusable },
    { when: 'an expiry that is a word', response: answer(200, { ...good, tokenExpiryTimestamp: 'soon' }), gives: unusable },
    {
      when: 'an expiry in milliseconds, which is absurd',
      response: answer(200, { ...good, tokenExpiryTimestamp: SENT_AT + 1 }),
      gives: unusable,
    },
    {
      when: 'an expiry in two years, which is too far',
      response: answer(200, { ...good, tokenExpiryTimestamp: SENT_AT_SECONDS + 730 * DAY_S }),
      gives: { ...expected, ...endingAt(SENT_AT + 365 * DAY_S * 1000), remarks: ['expiry-capped'] },
    },
    {
      when: 'an expiry by a clock ahead of ours, corrected for the difference',
      response: answer(200, good, { date: new Date(SENT_AT + 600_000).toUTCString() }),
      gives: { ...expected, ...endingAt(SENT_AT + 1_200_000) },
    },
    {
      when: 'an expiry by a clock behind ours, which extends nothing',
      response: answer(200, good, { date: new Date(SENT_AT - 600_000).toUTCString() }),
      gives: expected,
    },
    {
      when: 'the sent access token, extended, with a new refresh token',
      response: answer(200, { ...good, accessToken: secret.accessToken }),
      gives: { ...expected, accessToken: secret.accessToken, rotated: { ...rotated, accessToken: secret.accessToken } },
    },
    {
      when: 'the pair that was sent, which is not a new one',
      response: answer(200, { ...good, ...secret }),
      fails: 'unexpected-answer',
    },
    {
      when: 'its lifetime in seconds',
      response: answer(200, { ...good, tokenExpiryTimestamp: undefined, expiresIn: 1800 }),
      gives: expected,
    },
    {
      when: 'its expiry as a string of digits',
      response: answer(200, { ...good, tokenExpiryTimestamp: String(SENT_AT_SECONDS + 1800) }),
      gives: expected,
    },
    {
      when: '403 as plain text, a firewall',
      response: answer(403, 'Access denied', { 'content-type': 'text/plain' }),
      fails: 'forbidden',
    },
    {
      when: 'a pair in malformed JSON',
      response: answer(200, '{"accessToken":"EXAMPLE-access-2","refreshToken":"EXAMPLE-refresh-2","x":}'),
      fails: 'not-json',
    },
    { when: 'renewable without a limit', response: answer(200, { ...good, renewableUntilTimestamp: 0 }), gives: expectedForever },
    {
      when: 'a pair with only a new access token',
      response: answer(200, { ...good, refreshToken: '' }),
      gives: { ...expected, rotated: { ...rotated, refreshToken: 'EXAMPLE-refresh-1' } },
    },
    {
      when: 'a replay, refused with status 200',
      response: answer(200, { errorCode: 587, errorMessage: 'Token reuse detected. The token has been purged.' }),
      fails: refused,
      facts: { status: 200, reason: '587' },
    },
    {
      when: 'a refusal with status 200 that names the pair',
      response: answer(200, { errorCode: 5, errorMessage: `no EXAMPLE-access-1 and EXAMPLE-refresh-1` }),
      fails: refused,
      facts: { detail: 'no … and …' },
    },
    {
      when: 'a refusal inside `error`',
      response: answer(200, { error: { errorCode: 2, errorMessage: 'no' } }),
      fails: refused,
    },
    { when: '200 without a pair', response: answer(200, {}), fails: 'unexpected-answer' },
    { when: '401', response: answer(401, { errorMessage: 'Access denied', errorCode: 5 }), fails: refused },
    {
      when: '403 as JSON, a refused pair',
      response: answer(403, { errorMessage: 'Access denied', errorCode: 5 }),
      fails: refused,
    },
    { when: '403 as a web page, a firewall', response: htmlAnswer(403), fails: 'web-page' },
    {
      when: '404, as from a release without V4',
      response: answer(404, { errorMessage: 'no', errorCode: 404 }),
      fails: 'not-found',
    },
    { when: '429', response: answer(429, {}, { 'retry-after': '30' }), fails: 'rate-limited', facts: { retryAfter: 30 } },
    { when: '500', response: answer(500, { errorMessage: 'no', errorCode: 500 }), fails: 'service-failed' },
    { when: 'a maintenance page with status 200', response: htmlAnswer(200), fails: 'web-page' },
  ]);
});

describe('Commvault: headers', () => {
  it('are Authtoken, raw', () =>
    assert.deepEqual(commvault.headers(tenant, 'EXAMPLE', 'authtoken', {}), [{ name: 'Authtoken', value: 'EXAMPLE' }]));
  it('are Authtoken with the word Bearer', () =>
    assert.deepEqual(commvault.headers(tenant, 'EXAMPLE', 'authtoken-bearer', {}), [
      { name: 'Authtoken', value: 'Bearer EXAMPLE' },
    ]));
  it('contain the account if the tenant sets it', () =>
    assert.deepEqual(commvault.headers({ ...tenant, lhAccountId: 'acme' }, 'EXAMPLE', 'bearer', {}), [
      { name: 'Authorization', value: 'Bearer EXAMPLE' },
      { name: 'lhAccountId', value: 'acme' },
    ]));
  it('are Bearer', () =>
    assert.deepEqual(commvault.headers(tenant, 'EXAMPLE', 'bearer', {}), [{ name: 'Authorization', value: 'Bearer EXAMPLE' }]));

  for (const [url, style] of [
    ['https://cc.example.com/commandcenter/api', 'authtoken'],
    ['https://m123.metallic.io/commandcenter/api', 'bearer'],
    ['https://metallic.io/commandcenter/api', 'bearer'],
    ['https://M123.METALLIC.IO/commandcenter/api', 'bearer'],
    ['https://notmetallic.io/commandcenter/api', 'authtoken'],
    ['https://metallic.io.example.com/commandcenter/api', 'authtoken'],
  ] as const)
    it(`are ${style} by default at ${url}`, () => assert.equal(commvault.defaultHeaderStyle({ ...tenant, url }), style));
});

describe('Commvault: tenant', () => {
  it('has a resource to try and a page to create tokens', () => {
    assert.equal(commvault.probe?.(tenant).url, 'https://cc.example.com/commandcenter/api/v2/WhoAmI');
    assert.equal(commvault.portal?.(tenant).url, 'https://cc.example.com/commandcenter/');
    assert.equal(commvault.rotation, 'always');
    assert.deepEqual(
      commvault.secretFields(tenant).map(({ key }) => key),
      ['accessToken', 'refreshToken'],
    );
  });

  validatesTenants(commvault, tenant, [
    [{}, undefined],
    [{ renewWith: 'bearer', headers: 'bearer' }, undefined],
    [{ renewWith: 'authtoken-bearer', headers: 'authtoken-bearer', lhAccountId: 'acme' }, undefined],
    [{ renewWith: 'basic' }, 'renewWith'],
    [{ lhAccountId: 'acme\r\nX-Other: 1' }, 'lhAccountId'],
    [{ headers: 'csp-auth-token' }, 'headers'],
    [{ url: 'http://cc.example.com/commandcenter/api' }, 'url'],
  ]);
});
