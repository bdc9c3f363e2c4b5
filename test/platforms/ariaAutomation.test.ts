import assert from 'node:assert/strict';
import { ariaAutomation } from '../../src/platforms/ariaAutomation/platform.js';
import { answer, htmlAnswer, jwtOf, readsAnswers, SENT_AT, validatesTenants } from './table.js';

const secret = { apiToken: 'EXAMPLE0123456789EXAMPLE01234567' };
const tenant = { id: 'aria', name: 'Automation', platform: 'aria-automation', url: 'https://aria.example.com' } as const;
const LOGIN = 'https://aria.example.com/iaas/api/login';

describe('Aria Automation: request of an exchange', () => {
  it('sends the refresh token as JSON to the automation service', () => {
    for (const url of [tenant.url, `${tenant.url}/`]) {
      assert.deepEqual(ariaAutomation.exchange({ ...tenant, url }, secret), {
        method: 'POST',
        url: LOGIN,
        headers: { accept: 'application/json', 'content-type': 'application/json' },
        body: JSON.stringify({ refreshToken: secret.apiToken }),
      });
      assert.equal(ariaAutomation.exchangeUrl({ ...tenant, url }), LOGIN);
    }
  });
});

describe('Aria Automation: answer to an exchange', () => {
  const accessToken = jwtOf({ iat: 1_585_747_132, exp: 1_585_775_932 });
  readsAnswers(ariaAutomation, tenant, secret, [
    {
      when: 'a token of eight hours',
      response: answer(200, { tokenType: 'Bearer', token: accessToken }),
      gives: { accessToken, expiresAt: SENT_AT + 8 * 3_600_000 },
    },
    {
      when: 'a token without an expiry',
      response: answer(200, { tokenType: 'bearer', token: 'EXAMPLE-access' }),
      gives: { accessToken: 'EXAMPLE-access', expiresAt: null },
    },
    { when: 'another type', response: answer(200, { tokenType: 'mac', token: accessToken }), fails: 'unexpected-answer' },
    { when: 'no type', response: answer(200, { token: accessToken }), fails: 'unexpected-answer' },
    { when: 'no token', response: answer(200, { tokenType: 'Bearer' }), fails: 'unexpected-answer' },
    {
      when: 'the refresh token instead of the access token',
      response: answer(200, { tokenType: 'Bearer', token: secret.apiToken }),
      fails: 'unexpected-answer',
    },
    {
      when: 'an invalid refresh token, echoed',
      response: answer(400, { message: `Invalid refresh token ${secret.apiToken}`, statusCode: 400 }),
      fails: 'api-token-refused',
      facts: { status: 400, detail: 'Invalid refresh token …' },
    },
    { when: '403', response: answer(403, { message: 'Forbidden', statusCode: 403, errorCode: 0 }), fails: 'forbidden' },
    { when: '404, as from an appliance of version 7', response: answer(404, {}), fails: 'not-found' },
    { when: '429', response: answer(429, {}), fails: 'rate-limited' },
    { when: '502 of its gateway', response: htmlAnswer(502), fails: 'service-failed' },
    { when: 'a login page', response: htmlAnswer(200), fails: 'web-page' },
  ]);
});

describe('Aria Automation: tenant', () => {
  it('inserts Bearer, and has a resource to try', () => {
    assert.equal(ariaAutomation.defaultHeaderStyle(tenant), 'bearer');
    assert.deepEqual(ariaAutomation.headers(tenant, 'EXAMPLE', 'bearer', {}), [
      { name: 'Authorization', value: 'Bearer EXAMPLE' },
    ]);
    assert.equal(ariaAutomation.probe?.(tenant).url, 'https://aria.example.com/iaas/api/projects');
    assert.equal(ariaAutomation.rotation, 'never');
  });

  validatesTenants(ariaAutomation, tenant, [
    [{}, undefined],
    [{ headers: 'bearer' }, undefined],
    [{ headers: 'csp-auth-token' }, 'headers'],
    [{ url: 'http://aria.example.com' }, 'url'],
    [{ url: undefined }, 'url'],
  ]);
});
