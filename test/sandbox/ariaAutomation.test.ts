import assert from 'node:assert/strict';
import { claimsOf, get, jsonOf, postForm, postJson, START, textOf, useSandbox } from './client.js';

const HOURS_8 = 8 * 3600;

describe('sandbox: Aria Automation', () => {
  const sandbox = useSandbox();
  const at = (path: string) => sandbox.current().services['aria-automation'].origin + path;
  const secret = () => sandbox.secret('sandbox-aria-automation')['apiToken']!;
  const exchange = (refreshToken: unknown) => postJson(at('/iaas/api/login'), { refreshToken });
  const login = () => sandbox.tenant('sandbox-aria-automation').login!;
  const logIn = (fields: object, query = '?access_token') =>
    postJson(at(`/csp/gateway/am/api/login${query}`), {
      username: login().user,
      password: login().password,
      domain: 'System Domain',
      ...fields,
    });

  it('exchanges a refresh token for an access token that is valid for eight hours', async () => {
    const answer = await exchange(secret());
    const { token, ...rest } = jsonOf(answer);
    assert.deepEqual([answer.status, rest], [200, { tokenType: 'Bearer' }]);
    const { username, domain, exp } = claimsOf(String(token));
    assert.deepEqual({ username, domain, exp }, { username: 'ada', domain: 'System Domain', exp: START / 1000 + HOURS_8 });
    for (const path of ['/iaas/api/projects', '/iaas/api/about']) {
      assert.equal((await get(at(path), { authorization: `Bearer ${String(token)}` })).status, 200);
      for (const headers of [{}, { 'csp-auth-token': String(token) }, { authorization: `Bearer ${secret()}` }])
        assert.equal((await get(at(path), headers)).status, 401);
    }
    sandbox.advance(HOURS_8);
    assert.equal((await get(at('/iaas/api/about'), { authorization: `Bearer ${String(token)}` })).status, 401);
  });

  it('refuses an invalid refresh token or body', async () => {
    for (const wrong of ['EXAMPLEwrong', '', undefined, 1]) assert.equal((await exchange(wrong)).status, 400);
    assert.equal((await postForm(at('/iaas/api/login'), { refreshToken: secret() })).status, 415);
  });

  it('issues a refresh token for 90 days when a user signs in and asks for it', async () => {
    const refreshToken = textOf(await logIn({}), 'refresh_token');
    assert.match(refreshToken, /^[A-Za-z0-9]{32}$/);
    assert.equal((await exchange(refreshToken)).status, 200);
    assert.deepEqual(Object.keys(jsonOf(await logIn({}, ''))), ['cspAuthToken']);
    sandbox.advance(90 * 24 * 3600);
    assert.equal((await exchange(refreshToken)).status, 400);
  });

  it('refuses a wrong password or domain', async () => {
    for (const wrong of [{ password: 'EXAMPLE' }, { domain: 'example.net' }, { username: 'grace' }])
      assert.equal((await logIn(wrong)).status, 400);
  });

  it('shows projects to users who may see them', async () => {
    const { user, password } = sandbox.tenant('sandbox-aria-automation').readOnlyLogin!;
    const [username, domain] = user.split('@');
    const token = textOf(await exchange(textOf(await logIn({ username, password, domain }), 'refresh_token')), 'token');
    assert.equal((await get(at('/iaas/api/projects'), { authorization: `Bearer ${token}` })).status, 403);
  });
});
