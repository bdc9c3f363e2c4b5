import assert from 'node:assert/strict';
import { claimsOf, get, jsonOf, postForm, postJson, START, textOf, useSandbox } from './client.js';

const AUTHORIZE = '/csp/gateway/am/api/auth/api-tokens/authorize';
const USER = '/csp/gateway/am/api/loggedin/user';

describe('sandbox: Cloud Services', () => {
  const sandbox = useSandbox();
  const at = (path: string) => sandbox.current().services['cloud-services'].origin + path;
  const secret = () => sandbox.secret('sandbox-cloud-services')['apiToken']!;
  const guarded = () => sandbox.secret('sandbox-cloud-services-mfa')['apiToken']!;
  const authorize = (fields: Record<string, string>) => postForm(at(AUTHORIZE), fields);

  it('exchanges an API token by either name of the parameter', async () => {
    for (const parameter of ['api_token', 'refresh_token']) {
      const answer = await authorize({ [parameter]: secret() });
      assert.equal(answer.status, 200);
      const { access_token: token, id_token: idToken, ...rest } = jsonOf(answer);
      assert.deepEqual(rest, {
        token_type: 'bearer',
        expires_in: 1799,
        scope: 'ALL_PERMISSIONS openid',
        refresh_token: secret(),
      });
      const { username, exp } = claimsOf(String(token));
      assert.deepEqual({ username, exp }, { username: 'ada@example.net', exp: START / 1000 + 1799 });
      assert.match(String(idToken), /^eyJ/);
    }
  });

  it('echoes a wrong token in its refusal', async () => {
    const wrong = 'EXAMPLEwrong0123456789';
    const answer = await authorize({ api_token: wrong });
    assert.equal(answer.status, 400);
    const { requestId, ...rest } = jsonOf(answer);
    assert.match(String(requestId), /^[0-9a-f-]{36}$/);
    assert.deepEqual(rest, {
      statusCode: 400,
      moduleCode: 340,
      cspErrorCode: 'cgs.auth.invalid_grant',
      message: `invalid_grant: Invalid refresh token: ${wrong}`,
    });
  });

  it('requires a form with a token', async () => {
    assert.equal((await authorize({})).status, 400);
    assert.equal((await postJson(at(AUTHORIZE), { api_token: secret() })).status, 415);
  });

  it('requires the right passcode if the organization protects its tokens', async () => {
    const refusals = [await authorize({ api_token: guarded() }), await authorize({ api_token: guarded(), passcode: '654321' })];
    for (const answer of refusals) {
      assert.equal(answer.status, 400);
      assert.match(textOf(answer, 'message'), /passcode/);
    }
    assert.equal((await authorize({ api_token: guarded(), passcode: '123456' })).status, 200);
  });

  it('accepts only the right headers', async () => {
    const token = textOf(await authorize({ api_token: secret() }), 'access_token');
    const other = textOf(await authorize({ api_token: guarded(), passcode: '123456' }), 'access_token');
    const cases: [number, Record<string, string>][] = [
      [200, { 'csp-auth-token': token }],
      [200, { authorization: `Bearer ${token}` }],
      [200, { 'csp-auth-token': token, authorization: `Bearer ${token}` }],
      [401, {}],
      [401, { 'csp-auth-token': `Bearer ${token}` }],
      [401, { authorization: token }],
      [401, { 'csp-auth-token': token, authorization: `Bearer ${other}` }],
      [401, { 'csp-auth-token': token, authorization: 'Bearer EXAMPLE' }],
      [401, { 'csp-auth-token': secret() }],
    ];
    for (const [status, headers] of cases) assert.equal((await get(at(USER), headers)).status, status, JSON.stringify(headers));
  });

  it('shows an organization to its own users', async () => {
    const token = textOf(await authorize({ api_token: secret() }), 'access_token');
    const own = String(claimsOf(token)['context_name']);
    const mine = await get(at(`/csp/gateway/am/api/orgs/${own}`), { 'csp-auth-token': token });
    assert.equal(jsonOf(mine)['displayName'], 'Cloud organization');
    assert.equal((await get(at('/csp/gateway/am/api/orgs/other'), { 'csp-auth-token': token })).status, 403);
  });

  it('lets an access token expire', async () => {
    const token = textOf(await authorize({ api_token: secret() }), 'access_token');
    sandbox.advance(1799);
    assert.equal((await get(at(USER), { 'csp-auth-token': token })).status, 401);
  });
});

describe('sandbox: Cloud Services of an older site', () => {
  const sandbox = useSandbox({ variants: { cloudServicesTakesRefreshToken: true } });

  it('accepts only refresh_token, and its tenants say so', async () => {
    const url = sandbox.current().services['cloud-services'].origin + AUTHORIZE;
    const { apiToken } = sandbox.secret('sandbox-cloud-services');
    assert.equal((await postForm(url, { api_token: apiToken! })).status, 400);
    assert.equal((await postForm(url, { refresh_token: apiToken! })).status, 200);
    assert.equal(sandbox.tenant('sandbox-cloud-services').tenant['parameter'], 'refresh_token');
  });
});

for (const [unit, perSecond, variants] of [
  ['seconds', 1, {}],
  ['milliseconds', 1000, { cloudServicesDetailsInMilliseconds: true }],
] as const)
  describe(`sandbox: the details of Cloud Services, in ${unit}`, () => {
    const sandbox = useSandbox({ variants });
    const at = (path: string) => sandbox.current().services['cloud-services'].origin + path;
    const details = (tokenValue: unknown) => postJson(at('/csp/gateway/am/api/auth/api-tokens/details'), { tokenValue });
    const secret = () => sandbox.secret('sandbox-cloud-services')['apiToken']!;
    const start = (START / 1000) * perSecond;
    const days = (count: number) => count * 24 * 3600;

    it('returns the details and the value to anybody who has the value', async () => {
      const answer = await details(secret());
      assert.equal(answer.status, 200);
      const { tokenId, orgId, allowedScopes, ...rest } = jsonOf(answer);
      for (const id of [tokenId, orgId]) assert.match(String(id), /^[0-9a-f-]{36}$/);
      assert.deepEqual(Object.keys(allowedScopes as object), ['generalScopes', 'organizationScopes', 'servicesScopes']);
      assert.deepEqual(rest, {
        tokenName: 'Laptop',
        token: secret(),
        userId: 'sandbox:ada@example.net',
        username: 'ada@example.net',
        acct: 'ada@example.net',
        domain: 'example.net',
        idpId: 'example.net',
        scope: ['ALL_PERMISSIONS', 'openid'],
        createdAt: start,
        expiresAt: start + days(180) * perSecond,
        lastUsedAt: null,
        deactivated: false,
      });
    });

    it('returns when it was last used', async () => {
      sandbox.advance(60);
      await postForm(at(AUTHORIZE), { api_token: secret() });
      assert.equal(jsonOf(await details(secret()))['lastUsedAt'], start + 60 * perSecond);
    });

    it('refuses an unknown or expired value, which cannot be exchanged either', async () => {
      const unknown = await details('EXAMPLEunknown');
      const { requestId, ...rest } = jsonOf(unknown);
      assert.equal(typeof requestId, 'string');
      assert.deepEqual(
        [unknown.status, rest],
        [
          404,
          {
            statusCode: 404,
            moduleCode: 340,
            cspErrorCode: 'cgs.auth.token_not_found',
            message: 'The API token was not found',
          },
        ],
      );
      assert.equal((await details(undefined)).status, 400);
      assert.equal((await postForm(at('/csp/gateway/am/api/auth/api-tokens/details'), { tokenValue: secret() })).status, 415);
      sandbox.advance(days(180) - 1);
      assert.equal((await details(secret())).status, 200);
      sandbox.advance(1);
      assert.equal((await details(secret())).status, 404);
      assert.equal((await postForm(at(AUTHORIZE), { api_token: secret() })).status, 400);
    });

    it('can fail separately from exchanges', async () => {
      sandbox.current().services['cloud-services'].answerNext('rate-limited', 1, 'manage');
      assert.equal((await postForm(at(AUTHORIZE), { api_token: secret() })).status, 200);
      assert.equal((await details(secret())).status, 429);
      assert.equal((await details(secret())).status, 200);
    });
  });
