import assert from 'node:assert/strict';
import { cloudServices } from '../../src/platforms/cloudServices/platform.js';
import { answer, FORM, htmlAnswer, readsAnswers, SENT_AT, validatesTenants } from './table.js';

const secret = { apiToken: 'EXAMPLE0123456789EXAMPLE0123456789EXAMPLE0123456789EXAMPLE0123456' };
const tenant = { id: 'csp', name: 'Cloud org', platform: 'cloud-services', url: 'https://console.cloud.vmware.com' } as const;
const AUTHORIZE = 'https://console.cloud.vmware.com/csp/gateway/am/api/auth/api-tokens/authorize';

describe('Cloud Services: request of an exchange', () => {
  for (const [name, changed, passcode, body] of [
    ['api_token', {}, undefined, `api_token=${secret.apiToken}`],
    ['api_token, said aloud', { parameter: 'api_token' }, undefined, `api_token=${secret.apiToken}`],
    ['refresh_token for an older site', { parameter: 'refresh_token' }, undefined, `refresh_token=${secret.apiToken}`],
    ['a passcode', { passcode: true }, '012345', `api_token=${secret.apiToken}&passcode=012345`],
  ] as const)
    it(`is a form with ${name}`, () => {
      assert.deepEqual(cloudServices.exchange({ ...tenant, ...changed }, secret, passcode), {
        method: 'POST',
        url: AUTHORIZE,
        headers: FORM,
        body,
      });
    });

  it('encodes the API token', () => {
    assert.equal(cloudServices.exchange(tenant, { apiToken: 'a&passcode=1' }).body, 'api_token=a%26passcode%3D1');
  });

  it('needs a passcode if the tenant requires it', () => {
    assert.deepEqual(
      [{}, { passcode: false }, { passcode: true }].map((changed) => cloudServices.needsPasscode?.({ ...tenant, ...changed })),
      [false, false, true],
    );
  });

  it('goes to the URL that the secret is bound to', () => {
    assert.equal(cloudServices.exchangeUrl({ ...tenant, url: 'https://console.cloud.vmware.com//' }), AUTHORIZE);
  });
});

describe('Cloud Services: answer to an exchange', () => {
  const good = {
    id_token: 'eyJ.EXAMPLE.id',
    token_type: 'bearer',
    expires_in: 1799,
    scope: 'ALL_PERMISSIONS openid',
    access_token: 'eyJ.EXAMPLE.1',
  };
  const expected = { accessToken: 'eyJ.EXAMPLE.1', expiresAt: SENT_AT + 1_799_000, scope: 'ALL_PERMISSIONS openid' };
  const refusal = {
    statusCode: 400,
    moduleCode: 340,
    cspErrorCode: 'cgs.auth.invalid_grant',
    message: `invalid_grant: Invalid refresh token: ${secret.apiToken}`,
    requestId: '00000000-0000-4000-8000-000000000000',
  };
  readsAnswers(cloudServices, tenant, secret, [
    {
      when: 'a token with an echo of the API token',
      response: answer(200, { ...good, refresh_token: secret.apiToken }),
      gives: expected,
    },
    { when: 'a token without an echo', response: answer(200, good), gives: expected },
    { when: 'an empty echo, which erases nothing', response: answer(200, { ...good, refresh_token: '' }), gives: expected },
    { when: 'Bearer in capitals', response: answer(200, { ...good, token_type: 'Bearer' }), gives: expected },
    {
      when: 'a token without a scope',
      response: answer(200, { ...good, scope: undefined }),
      gives: { accessToken: 'eyJ.EXAMPLE.1', expiresAt: SENT_AT + 1_799_000 },
    },
    {
      when: '200 without an access token',
      response: answer(200, { refresh_token: secret.apiToken }),
      fails: 'unexpected-answer',
    },
    {
      when: 'a refusal that echoes the API token',
      response: answer(400, refusal),
      fails: 'api-token-refused',
      facts: { status: 400, reason: 'cgs.auth.invalid_grant', detail: 'invalid_grant: Invalid refresh token: …' },
    },
    {
      when: 'a refusal without cspErrorCode',
      response: answer(400, { moduleCode: 340, message: refusal.message }),
      fails: 'api-token-refused',
    },
    {
      when: 'a refusal because of a missing passcode',
      response: answer(400, { ...refusal, message: 'invalid_grant: Invalid passcode' }),
      fails: 'passcode-needed',
    },
    { when: '403', response: answer(403, { statusCode: 403, message: 'Forbidden' }), fails: 'forbidden' },
    { when: '404', response: answer(404, { statusCode: 404, message: 'Not found' }), fails: 'not-found' },
    { when: '429', response: answer(429, { statusCode: 429 }), fails: 'rate-limited', facts: { retryAfter: 60 } },
    { when: '500', response: answer(500, { statusCode: 500, message: 'x' }), fails: 'service-failed' },
    { when: 'a login page', response: htmlAnswer(200), fails: 'web-page' },
  ]);
});

describe('Cloud Services: headers', () => {
  const raw = { name: 'csp-auth-token', value: 'EXAMPLE' };
  const bearer = { name: 'Authorization', value: 'Bearer EXAMPLE' };
  for (const [style, headers] of [
    ['csp-auth-token', [raw]],
    ['bearer', [bearer]],
    ['both', [raw, bearer]],
  ] as const)
    it(`are ${style}`, () => assert.deepEqual(cloudServices.headers(tenant, 'EXAMPLE', style, {}), headers));

  it('are csp-auth-token by default', () => assert.equal(cloudServices.defaultHeaderStyle(tenant), 'csp-auth-token'));
});

describe('Cloud Services: tenant', () => {
  it('has a resource to try and a page to create tokens, and nothing to discover', () => {
    assert.equal(cloudServices.probe?.(tenant).url, 'https://console.cloud.vmware.com/csp/gateway/am/api/loggedin/user');
    assert.match(cloudServices.portal?.(tenant).url ?? '', /^https:\/\/console\.cloud\.vmware\.com\/csp\/gateway\/portal\//);
    assert.ok(!('discovery' in cloudServices));
    assert.equal(cloudServices.rotation, 'never');
  });

  it('checks the format of its tokens, including the short ones of vRA', () => {
    const pattern = cloudServices.secretFields(tenant)[0]?.shape?.pattern ?? /^$/;
    for (const length of [32, 64, 65]) assert.match('E'.repeat(length), pattern);
    assert.doesNotMatch('short', pattern);
  });

  validatesTenants(cloudServices, tenant, [
    [{}, undefined],
    [{ parameter: 'refresh_token', passcode: true, headers: 'both' }, undefined],
    [{ parameter: 'token' }, 'parameter'],
    [{ parameter: 'refreshToken' }, 'parameter'],
    [{ passcode: 'yes' }, 'passcode'],
    [{ headers: 'authtoken' }, 'headers'],
    [{ url: undefined }, 'url'],
  ]);
});
