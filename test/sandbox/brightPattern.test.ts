import assert from 'node:assert/strict';
import { get, jsonOf, postForm, postJson, textOf, useSandbox } from './client.js';

describe('sandbox: Bright Pattern', () => {
  const sandbox = useSandbox();
  const at = (path: string) => sandbox.current().services['bright-pattern'].origin + path;
  const fields = () => ({
    grant_type: 'client_credentials',
    client_id: 'ada.lovelace',
    client_secret: sandbox.secret('sandbox-bright-pattern')['apiSecret']!,
    scope: '127.0.0.1',
  });
  const exchange = (changed: Record<string, string> = {}, version = 'v2') =>
    postForm(at(`/configapi/${version}/oauth/token`), { ...fields(), ...changed });
  const user = async (authorization: string, path = 'v2/user/ada.lovelace') =>
    (await get(at(`/configapi/${path}`), { authorization })).status;

  for (const [version, resource] of [
    ['v2', 'v2/user/ada.lovelace'],
    ['v3', 'v3/campaign/getAll'],
  ] as const)
    it(`exchanges at ${version}, and returns the lifetime as a string`, async () => {
      const answer = await exchange({}, version);
      assert.equal(answer.status, 200);
      const { access_token: token, ...rest } = jsonOf(answer);
      assert.match(String(token), /^[0-9A-F]{64}$/);
      assert.deepEqual(rest, { token_type: 'Bearer', expires_in: '3600', scope: '127.0.0.1' });
      assert.equal(await user(`Bearer ${String(token)}`, resource), 200);
    });

  it('accepts the host as `tenant` too', async () => {
    const { scope, ...others } = fields();
    assert.equal((await postForm(at('/configapi/v2/oauth/token'), { ...others, tenant: scope })).status, 200);
    assert.equal((await postForm(at('/configapi/v2/oauth/token'), others)).status, 400);
  });

  it('returns the same token with its remaining lifetime, and a fresh one later', async () => {
    const first = await exchange();
    sandbox.advance(120);
    const second = await exchange();
    assert.equal(textOf(second, 'access_token'), textOf(first, 'access_token'));
    assert.equal(textOf(second, 'expires_in'), '3480');
    sandbox.advance(600);
    const third = await exchange();
    assert.notEqual(textOf(third, 'access_token'), textOf(first, 'access_token'));
    assert.equal(textOf(third, 'expires_in'), '3600');
  });

  it('refuses invalid requests', async () => {
    for (const changed of [
      { client_id: 'grace.hopper' },
      { client_secret: 'EXAMPLE' },
      { grant_type: 'password' },
      { scope: 'other.example' },
    ])
      assert.equal((await exchange(changed)).status, 401, JSON.stringify(changed));
    assert.equal((await postJson(at('/configapi/v2/oauth/token'), fields())).status, 415);
  });

  it('accepts only the right header, until the token expires', async () => {
    const token = textOf(await exchange(), 'access_token');
    assert.equal(await user(`Bearer ${token}`), 200);
    for (const authorization of ['', token, `Bearer ${token.toLowerCase()}`]) assert.equal(await user(authorization), 401);
    assert.equal((await get(at('/configapi/v2/user/other'), { authorization: `Bearer ${token}` })).status, 403);
    sandbox.advance(3600);
    assert.equal(await user(`Bearer ${token}`), 401);
  });
});
