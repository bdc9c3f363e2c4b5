import assert from 'node:assert/strict';
import { identityServices } from '../../src/platforms/identityServices/platform.js';
import { answer, FORM, htmlAnswer, jwtOf, readsAnswers, SENT_AT, validatesTenants } from './table.js';

const secret = {
  apiToken:
    'vidb_MDAwMDAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAxI0VYQU1QTEUwRVhBTVBMRTBFWEFNUExFMEVYQU1QTEUwRVhBTVBMRTBFWEFNUExFMEVYQU1QTEUwRVhBTVBMRTAjMTcwMDAwMDAwMA',
};
const tenant = {
  id: 'idb',
  name: 'Broker',
  platform: 'identity-services',
  url: 'https://idb.example.com',
  tenant: 'CUSTOMER',
} as const;

describe('Identity Services: request of an exchange', () => {
  it('uses the broker’s own grant, as a form, without client authentication', () => {
    assert.deepEqual(identityServices.exchange(tenant, secret), {
      method: 'POST',
      url: 'https://idb.example.com/acs/t/CUSTOMER/token',
      headers: FORM,
      body: `grant_type=urn%3Acustom%3Avcf%3Aparams%3Aoauth%3Agrant-type%3Aapi-token&api_token=${secret.apiToken}`,
    });
  });

  it('encodes the tenant', () => {
    assert.equal(identityServices.exchangeUrl({ ...tenant, tenant: 'a/b' }), 'https://idb.example.com/acs/t/a%2Fb/token');
  });
});

describe('Identity Services: answer to an exchange', () => {
  const good = { access_token: 'EXAMPLE.1', token_type: 'Bearer', expires_in: 1800, scope: 'openid' };
  const expected = { accessToken: 'EXAMPLE.1', expiresAt: SENT_AT + 1_800_000, scope: 'openid' };
  const web = jwtOf({ iat: 1_700_000_000, exp: 1_700_001_200 });
  readsAnswers(identityServices, tenant, secret, [
    { when: 'a token', response: answer(200, good), gives: expected },
    {
      when: '-1, with the expiry in the token',
      response: answer(200, { ...good, access_token: web, expires_in: -1 }),
      gives: { ...expected, accessToken: web, expiresAt: SENT_AT + 1_200_000 },
    },
    {
      when: '-1 with an opaque token',
      response: answer(200, { ...good, expires_in: -1 }),
      gives: { ...expected, expiresAt: null },
    },
    { when: '0, which is expired', response: answer(200, { ...good, expires_in: 0 }), fails: 'already-expired' },
    {
      when: '0, whatever the token says',
      response: answer(200, { ...good, access_token: web, expires_in: 0 }),
      fails: 'already-expired',
    },
    {
      when: 'other tokens, which are ignored',
      response: answer(200, { ...good, refresh_token: 'EXAMPLE-other', id_token: 'EXAMPLE.id.1' }),
      gives: expected,
    },
    {
      when: 'a used or wrong token',
      response: answer(400, { error: 'invalid_grant', error_description: 'The API token is invalid or expired' }),
      fails: 'api-token-refused',
      facts: { status: 400, reason: 'invalid_grant', detail: 'The API token is invalid or expired' },
    },
    { when: '401', response: answer(401, { error: 'invalid_grant' }), fails: 'api-token-refused' },
    {
      when: 'a release without this grant',
      response: answer(400, { error: 'unsupported_grant_type' }),
      fails: 'request-refused',
    },
    { when: '404, as from a release before 9.1', response: answer(404, ''), fails: 'not-found' },
    { when: '429', response: answer(429, {}), fails: 'rate-limited' },
    { when: 'a web page', response: htmlAnswer(200), fails: 'web-page' },
  ]);
});

describe('Identity Services: tenant', () => {
  it('inserts Bearer', () => {
    assert.equal(identityServices.defaultHeaderStyle(tenant), 'bearer');
    assert.deepEqual(identityServices.headers(tenant, 'EXAMPLE', 'bearer', {}), [
      { name: 'Authorization', value: 'Bearer EXAMPLE' },
    ]);
  });

  it('has single-use tokens and their format', () => {
    assert.equal(identityServices.singleUseTokens, true);
    assert.equal(identityServices.rotation, 'never');
    const pattern = identityServices.secretFields(tenant)[0]?.shape?.pattern ?? /^$/;
    assert.match(secret.apiToken, pattern);
    assert.doesNotMatch(secret.apiToken.slice('vidb_'.length), pattern);
  });

  validatesTenants(identityServices, tenant, [
    [{}, undefined],
    [{ headers: 'bearer' }, undefined],
    [{ tenant: undefined }, 'tenant'],
    [{ tenant: '..' }, 'tenant'],
    [{ tenant: 'a\nb' }, 'tenant'],
    [{ headers: 'HZN' }, 'headers'],
  ]);
});
