import assert from 'node:assert/strict';
import { AppError } from '../../../src/base/errors.js';
import { ariaAutomation } from '../../../src/platforms/ariaAutomation/platform.js';
import { ariaAutomationTokens } from '../../../src/platforms/ariaAutomation/lifecycle.js';
import { answer, jwtOf, SENT_AT } from '../table.js';
import { bodyOf, talk, tellsRefusals } from './talk.js';

const tenant = { id: 'aria', name: 'Automation', platform: 'aria-automation', url: 'https://aria.example.com/' } as const;
const password = 'EXAMPLE-password-0123';
const apiToken = 'EXAMPLE0123456789EXAMPLE01234567';
const NINETY_DAYS_MS = 90 * 24 * 3600 * 1000;

const logIn = (user: string) => ariaAutomationTokens.logIn!(tenant, { user, password });
const session = { headers: {}, secrets: [apiToken] };
const create = () => ariaAutomationTokens.create!(tenant, session, { name: 'Laptop' });

describe('Aria Automation: signing in', () => {
  for (const [user, username, domain] of [
    ['ada', 'ada', 'System Domain'],
    ['ada@corp.example', 'ada', 'corp.example'],
    ['ada@mail.example@corp.example', 'ada@mail.example', 'corp.example'],
  ] as const)
    it(`names the domain of ${user}, and asks for a refresh token`, () => {
      const { result, requests } = talk(logIn(user), answer(200, { refresh_token: apiToken }));
      assert.deepEqual(result, session);
      assert.deepEqual(
        requests.map(({ method, url }) => [method, url]),
        [['POST', 'https://aria.example.com/csp/gateway/am/api/login?access_token']],
      );
      assert.deepEqual(bodyOf(requests[0]), { username, password, domain });
    });

  tellsRefusals(() => logIn('ada'), [password], { 401: 'login-refused', 403: 'rights-missing', 404: 'token-api-missing' }, [
    { when: '400', response: answer(400, { message: 'Invalid credentials', statusCode: 400 }), code: 'login-refused' },
    { when: 'no refresh token', response: answer(200, { cspAuthToken: 'EXAMPLE' }), code: 'unexpected-answer' },
  ]);
});

describe('Aria Automation: creating a refresh token', () => {
  it('exchanges the new refresh token at once, and returns its expiry', () => {
    const token = jwtOf({ iat: 1_585_747_132, exp: 1_585_775_932 });
    const { result, requests } = talk(create(), answer(200, { tokenType: 'Bearer', token }));
    assert.deepEqual(result, {
      secret: { apiToken },
      token: { id: '', name: 'Laptop', state: 'active', endsAt: SENT_AT + NINETY_DAYS_MS },
      access: { token, expiresAt: SENT_AT + 8 * 3_600_000 },
    });
    assert.deepEqual(requests, [ariaAutomation.exchange(tenant, { apiToken })]);
  });

  it('keeps it if it cannot be exchanged yet', () => {
    const kept = { secret: { apiToken }, token: { id: '', name: 'Laptop', state: 'active' } };
    for (const response of [answer(403, { message: 'Forbidden' }), new AppError('timed-out')])
      assert.deepEqual(talk(create(), response).result, kept);
  });
});
