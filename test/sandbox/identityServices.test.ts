import assert from 'node:assert/strict';
import { claimsOf, get, jsonOf, postForm, postJson, START, textOf, useSandbox } from './client.js';

const BROKER = 'sandbox-identity-services';
const GRANT = 'urn:custom:vcf:params:oauth:grant-type:api-token';

describe('sandbox: Identity Services', () => {
  const sandbox = useSandbox();
  const at = (path: string) => sandbox.current().services['identity-services'].origin + path;
  const exchange = (name?: string, fields: Record<string, string> = {}, tenant = 'CUSTOMER') =>
    postForm(at(`/acs/t/${tenant}/token`), {
      grant_type: GRANT,
      api_token: sandbox.secret(BROKER, name)['apiToken']!,
      ...fields,
    });
  const version = async (headers: Record<string, string>) => (await get(at('/suite-api/api/versions/current'), headers)).status;

  it('exchanges an API token again and again', async () => {
    const answer = await exchange();
    assert.equal(answer.status, 200);
    const { access_token: token, ...rest } = jsonOf(answer);
    assert.deepEqual(rest, { token_type: 'Bearer', expires_in: 1800, scope: 'openid' });
    assert.equal(claimsOf(String(token))['exp'], START / 1000 + 1800);
    assert.equal((await exchange()).status, 200);
  });

  it('takes a single-use token once', async () => {
    const token = textOf(await exchange('Single use'), 'access_token');
    const again = await exchange('Single use');
    assert.deepEqual([again.status, jsonOf(again)['error']], [400, 'invalid_grant']);
    assert.equal(await version({ authorization: `Bearer ${token}` }), 200);
  });

  it('says -1 where it does not tell the expiry, which the token itself does', async () => {
    const answer = await exchange('Expiry untold');
    assert.equal(jsonOf(answer)['expires_in'], -1);
    const { exp, iat } = claimsOf(textOf(answer, 'access_token'));
    assert.equal(Number(exp) - Number(iat), 1800);
  });

  it('refuses another tenant, another grant, a wrong token, and JSON', async () => {
    assert.equal(jsonOf(await exchange(undefined, {}, 'OTHER'))['error'], 'invalid_grant');
    assert.equal(jsonOf(await exchange(undefined, {}, 'customer'))['error'], 'invalid_grant');
    assert.equal(jsonOf(await exchange(undefined, { grant_type: 'refresh_token' }))['error'], 'unsupported_grant_type');
    assert.equal(jsonOf(await exchange(undefined, { api_token: 'vidb_EXAMPLE' }))['error'], 'invalid_grant');
    assert.equal(jsonOf(await exchange(undefined, { api_token: '' }))['error'], 'invalid_request');
    assert.equal((await postJson(at('/acs/t/CUSTOMER/token'), { grant_type: GRANT })).status, 415);
  });

  it('lets the right header in, and nothing else, until the token runs out', async () => {
    const token = textOf(await exchange(), 'access_token');
    assert.equal(await version({ authorization: `Bearer ${token}` }), 200);
    for (const authorization of ['', token, `HZN ${token}`, 'Bearer EXAMPLE'])
      assert.equal(await version({ authorization }), 401);
    sandbox.advance(1800);
    assert.equal(await version({ authorization: `Bearer ${token}` }), 401);
  });
});

describe('sandbox: Identity Services whose tokens have no life', () => {
  const sandbox = useSandbox({ lifetimesSeconds: { 'identity-services': 0 } });

  it('says 0 and means it', async () => {
    const { origin } = sandbox.current().services['identity-services'];
    const fields = { grant_type: GRANT, api_token: sandbox.secret(BROKER)['apiToken']! };
    const answer = await postForm(`${origin}/acs/t/CUSTOMER/token`, fields);
    assert.equal(jsonOf(answer)['expires_in'], 0);
    const authorization = `Bearer ${textOf(answer, 'access_token')}`;
    assert.equal((await get(`${origin}/suite-api/api/versions/current`, { authorization })).status, 401);
  });
});
