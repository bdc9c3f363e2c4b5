import assert from 'node:assert/strict';
import { brightPattern } from '../../src/platforms/brightPattern/platform.js';
import { answer, FORM, htmlAnswer, readsAnswers, SENT_AT, validatesTenants } from './table.js';

const secret = { apiSecret: 'EXAMPLEexample0123' };
const tenant = {
  id: 'contact',
  name: 'Contact',
  platform: 'bright-pattern',
  url: 'https://acme.brightpattern.com',
  loginId: 'ada.lovelace',
} as const;
const HEX = '0123456789ABCDEF'.repeat(4);

describe('Bright Pattern: request of an exchange', () => {
  const credentials = 'grant_type=client_credentials&client_id=ada.lovelace&client_secret=EXAMPLEexample0123';
  for (const [changed, url, body] of [
    [{}, 'https://acme.brightpattern.com/configapi/v2/oauth/token', `${credentials}&scope=acme.brightpattern.com`],
    [{ version: 'v2' }, 'https://acme.brightpattern.com/configapi/v2/oauth/token', `${credentials}&scope=acme.brightpattern.com`],
    [{ version: 'v3' }, 'https://acme.brightpattern.com/configapi/v3/oauth/token', `${credentials}&scope=acme.brightpattern.com`],
    [{ scope: 'acme' }, 'https://acme.brightpattern.com/configapi/v2/oauth/token', `${credentials}&scope=acme`],
    [
      { hostParameter: 'tenant' },
      'https://acme.brightpattern.com/configapi/v2/oauth/token',
      `${credentials}&tenant=acme.brightpattern.com`,
    ],
    [
      { url: 'https://Acme.BrightPattern.com:8443/' },
      'https://Acme.BrightPattern.com:8443/configapi/v2/oauth/token',
      `${credentials}&scope=acme.brightpattern.com`,
    ],
  ] as const)
    it(`is a form with the host name and no Basic header for ${JSON.stringify(changed)}`, () => {
      assert.deepEqual(brightPattern.exchange({ ...tenant, ...changed }, secret), { method: 'POST', url, headers: FORM, body });
      assert.equal(brightPattern.exchangeUrl({ ...tenant, ...changed }), url);
    });

  it('encodes who and what', () => {
    const { body } = brightPattern.exchange({ ...tenant, loginId: 'ada & co' }, { apiSecret: 'a+b' });
    assert.match(body ?? '', /&client_id=ada\+%26\+co&client_secret=a%2Bb&/);
  });
});

describe('Bright Pattern: answer to an exchange', () => {
  const good = { access_token: HEX, token_type: 'Bearer', expires_in: '3600', scope: 'acme.brightpattern.com' };
  const expected = { accessToken: HEX, expiresAt: SENT_AT + 3_600_000, scope: 'acme.brightpattern.com' };
  const body = `{ "access_token": "${HEX}", "token_type": "Bearer", "expires_in": "3600", "scope": "x", }`;
  readsAnswers(brightPattern, tenant, secret, [
    { when: 'a lifetime that is a string', response: answer(200, good), gives: expected },
    { when: 'a lifetime that is a number', response: answer(200, { ...good, expires_in: 3600 }), gives: expected },
    {
      when: 'the remaining lifetime of a token that was issued before',
      response: answer(200, { ...good, expires_in: '3480' }),
      gives: { ...expected, expiresAt: SENT_AT + 3_480_000 },
    },
    { when: 'no lifetime', response: answer(200, { ...good, expires_in: undefined }), gives: { ...expected, expiresAt: null } },
    { when: 'the trailing comma of the documentation', response: answer(200, body), fails: 'not-json' },
    { when: '401', response: answer(401, ''), fails: 'api-token-refused', facts: { status: 401 } },
    { when: '401 in the words of Task Routing', response: answer(401, { code: 1, text: 'no' }), fails: 'api-token-refused' },
    {
      when: '401 in the words of RFC 6749',
      response: answer(401, { error: 'invalid_client', error_description: 'Authentication failed' }),
      fails: 'client-refused',
    },
    { when: '403', response: answer(403, { code: 3, text: 'The privilege is missing' }), fails: 'forbidden' },
    { when: '400', response: answer(400, { error: 'invalid_request' }), fails: 'request-refused' },
    { when: '415', response: answer(415, ''), fails: 'request-refused' },
    { when: '429', response: answer(429, ''), fails: 'rate-limited' },
    { when: 'a web page', response: htmlAnswer(200), fails: 'web-page' },
  ]);
});

describe('Bright Pattern: tenant', () => {
  it('inserts Bearer', () => {
    assert.equal(brightPattern.defaultHeaderStyle(tenant), 'bearer');
    assert.deepEqual(brightPattern.headers(tenant, HEX, 'bearer', {}), [{ name: 'Authorization', value: `Bearer ${HEX}` }]);
  });

  it('has a resource to try', () => {
    const url = (changed: object) => brightPattern.probe?.({ ...tenant, ...changed }).url;
    assert.equal(url({}), 'https://acme.brightpattern.com/configapi/v2/user/ada.lovelace');
    assert.equal(url({ loginId: 'ada lovelace' }), 'https://acme.brightpattern.com/configapi/v2/user/ada%20lovelace');
    assert.equal(url({ version: 'v3' }), 'https://acme.brightpattern.com/configapi/v3/campaign/getAll');
    assert.equal(brightPattern.rotation, 'never');
  });

  validatesTenants(brightPattern, tenant, [
    [{}, undefined],
    [{ version: 'v3', hostParameter: 'tenant' }, undefined],
    [{ version: 'v1' }, 'version'],
    [{ hostParameter: 'host' }, 'hostParameter'],
    [{ loginId: undefined }, 'loginId'],
    [{ loginId: 'ada\r\n' }, 'loginId'],
    [{ url: 'http://acme.brightpattern.com' }, 'url'],
  ]);
});
