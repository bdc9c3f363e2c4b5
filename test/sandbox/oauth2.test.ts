import assert from 'node:assert/strict';
import { basic, get, jsonOf, postForm, START, textOf, useSandbox } from './client.js';

describe('sandbox: OAuth 2.0', () => {
  const sandbox = useSandbox();
  const at = (path: string) => sandbox.current().services.oauth2.origin + path;
  const billing = () => sandbox.secret('sandbox-oauth2');
  const meteringSecret = () => sandbox.secret('sandbox-oauth2-client')['clientSecret']!;
  const refresh = (refreshToken: string, headers = basic('billing', billing()['clientSecret']!)) =>
    postForm(at('/oauth2/token'), { grant_type: 'refresh_token', refresh_token: refreshToken }, headers);
  const meteringFields = { grant_type: 'client_credentials', scope: 'meters', audience: 'https://metering.example' };
  const invoices = async (headers: Record<string, string>) => (await get(at('/api/invoices'), headers)).status;

  it('replaces the refresh token at each exchange', async () => {
    const answer = await refresh(billing()['refreshToken']!);
    const { access_token: token, refresh_token: next, ...rest } = jsonOf(answer);
    assert.deepEqual(rest, { token_type: 'Bearer', expires_in: 900, scope: 'invoices', refresh_token_expires_in: 2_592_000 });
    assert.notEqual(next, billing()['refreshToken']);
    assert.equal(await invoices({ authorization: `Bearer ${String(token)}` }), 200);
    assert.equal((await refresh(String(next))).status, 200);
  });

  it('revokes the whole family when a used refresh token is sent again', async () => {
    const second = await refresh(billing()['refreshToken']!);
    const replay = await refresh(billing()['refreshToken']!);
    assert.deepEqual([replay.status, jsonOf(replay)['error']], [400, 'invalid_grant']);
    assert.equal((await refresh(textOf(second, 'refresh_token'))).status, 400);
    assert.equal(await invoices({ authorization: `Bearer ${textOf(second, 'access_token')}` }), 401);
  });

  it('lets a refresh token expire after 30 days', async () => {
    sandbox.advance(30 * 24 * 3600);
    assert.equal((await refresh(billing()['refreshToken']!)).status, 400);
  });

  it('issues a token for client credentials, with either authentication', async () => {
    const credentials = { client_id: 'metering', client_secret: meteringSecret() };
    const answers = [
      await postForm(at('/oauth2/token'), { ...meteringFields, ...credentials }),
      await postForm(at('/oauth2/token'), meteringFields, basic('metering', meteringSecret())),
    ];
    for (const answer of answers) {
      assert.equal(answer.status, 200);
      assert.ok(!('refresh_token' in jsonOf(answer)));
      assert.equal((await get(at('/api/meters'), { 'x-api-key': textOf(answer, 'access_token') })).status, 200);
    }
  });

  it('refuses wrong clients, grants, scopes and audiences, each with its own error', async () => {
    const own = basic('metering', meteringSecret());
    const cases: [number, string, Record<string, string>, Record<string, string>][] = [
      [401, 'invalid_client', meteringFields, basic('metering', 'EXAMPLE')],
      [401, 'invalid_client', meteringFields, basic('nobody', meteringSecret())],
      [401, 'invalid_client', meteringFields, {}],
      [401, 'invalid_client', { ...meteringFields, client_secret: meteringSecret() }, own],
      [400, 'unsupported_grant_type', { grant_type: 'password' }, own],
      [400, 'unauthorized_client', { grant_type: 'refresh_token', refresh_token: billing()['refreshToken']! }, own],
      [400, 'invalid_scope', { ...meteringFields, scope: 'invoices' }, own],
      [400, 'invalid_target', { ...meteringFields, audience: 'other' }, own],
      [400, 'invalid_request', { grant_type: 'refresh_token' }, basic('billing', billing()['clientSecret']!)],
    ];
    for (const [status, error, fields, headers] of cases) {
      const answer = await postForm(at('/oauth2/token'), fields, headers);
      assert.deepEqual([answer.status, jsonOf(answer)['error']], [status, error]);
    }
    const refused = await postForm(at('/oauth2/token'), meteringFields);
    assert.equal(refused.headers.get('www-authenticate'), 'Basic realm="sandbox"');
  });

  it('accepts only the right header, until the token expires', async () => {
    const token = textOf(await refresh(billing()['refreshToken']!), 'access_token');
    assert.equal(await invoices({ authorization: `Bearer ${token}` }), 200);
    for (const headers of [{}, { authorization: token }, { 'x-api-key': token }]) assert.equal(await invoices(headers), 401);
    assert.equal((await get(at('/api/meters'), { 'x-api-key': token })).status, 401);
    sandbox.advance(900);
    assert.equal(await invoices({ authorization: `Bearer ${token}` }), 401);
  });

  const ask = (
    path: 'revoke' | 'introspect',
    fields: Record<string, string>,
    headers = basic('billing', billing()['clientSecret']!),
  ) => postForm(at(`/oauth2/${path}`), fields, headers);

  it('has a tenant with revocation and introspection endpoints', () => {
    const { revocationUrl, introspectionUrl } = sandbox.tenant('sandbox-oauth2').tenant;
    assert.deepEqual([revocationUrl, introspectionUrl], [at('/oauth2/revoke'), at('/oauth2/introspect')]);
  });

  it('revokes a refresh token with all its access tokens', async () => {
    const answer = await refresh(billing()['refreshToken']!);
    const [current, access] = [textOf(answer, 'refresh_token'), textOf(answer, 'access_token')];
    const revoked = await ask('revoke', { token: current, token_type_hint: 'refresh_token' });
    assert.deepEqual([revoked.status, revoked.text], [200, '']);
    assert.equal(jsonOf(await refresh(current))['error'], 'invalid_grant');
    assert.equal(await invoices({ authorization: `Bearer ${access}` }), 401);
    assert.equal((await ask('revoke', { token: current })).status, 200);
  });

  it('revokes one access token', async () => {
    const answer = await refresh(billing()['refreshToken']!);
    const access = textOf(answer, 'access_token');
    assert.equal((await ask('revoke', { token: access, token_type_hint: 'access_token' })).status, 200);
    assert.equal(await invoices({ authorization: `Bearer ${access}` }), 401);
    assert.equal((await refresh(textOf(answer, 'refresh_token'))).status, 200);
  });

  it('describes a valid token, and returns nothing about any other', async () => {
    const used = billing()['refreshToken']!;
    const introspected = async (token: string, headers?: Record<string, string>) =>
      jsonOf(await ask('introspect', { token }, headers as ReturnType<typeof basic> | undefined));
    const answer = await refresh(used);
    const about = { active: true, scope: 'invoices', client_id: 'billing', sub: 'billing', iss: at('') };
    assert.deepEqual(await introspected(textOf(answer, 'refresh_token')), { ...about, exp: START / 1000 + 2_592_000 });
    assert.deepEqual(await introspected(textOf(answer, 'access_token')), { ...about, exp: START / 1000 + 900 });
    const metering = basic('metering', meteringSecret());
    assert.deepEqual(await introspected(textOf(answer, 'access_token'), metering), { active: false });
    for (const token of [used, 'EXAMPLE']) assert.deepEqual(await introspected(token), { active: false });
    sandbox.advance(900);
    assert.deepEqual(await introspected(textOf(answer, 'access_token')), { active: false });
  });

  it('refuses revocation and introspection by a client that does not own the token', async () => {
    const token = billing()['refreshToken']!;
    for (const path of ['revoke', 'introspect'] as const) {
      assert.equal(jsonOf(await ask(path, { token }, basic('billing', 'EXAMPLE')))['error'], 'invalid_client');
      assert.equal(jsonOf(await ask(path, {}))['error'], 'invalid_request');
      const { clientSecret } = billing();
      const posted = await postForm(at(`/oauth2/${path}`), {
        token: 'EXAMPLE',
        client_id: 'billing',
        client_secret: clientSecret!,
      });
      assert.equal(posted.status, 200);
    }
    const foreign = await ask('revoke', { token }, basic('metering', meteringSecret()));
    assert.deepEqual([foreign.status, jsonOf(foreign)['error']], [400, 'invalid_grant']);
    assert.equal((await refresh(token)).status, 200);
  });
});
