import assert from 'node:assert/strict';
import { get, jsonOf, postForm, textOf, useSandbox } from './client.js';

const basic = (id: string, secret: string) => ({ authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` });

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

  it('revokes the whole family when a used refresh token comes again', async () => {
    const second = await refresh(billing()['refreshToken']!);
    const replay = await refresh(billing()['refreshToken']!);
    assert.deepEqual([replay.status, jsonOf(replay)['error']], [400, 'invalid_grant']);
    assert.equal((await refresh(textOf(second, 'refresh_token'))).status, 400);
    assert.equal(await invoices({ authorization: `Bearer ${textOf(second, 'access_token')}` }), 401);
  });

  it('lets a refresh token run out after 30 days', async () => {
    sandbox.advance(30 * 24 * 3600);
    assert.equal((await refresh(billing()['refreshToken']!)).status, 400);
  });

  it('gives client credentials a token, authenticated in either way', async () => {
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

  it('refuses wrong clients, grants, scopes and audiences, each in its own words', async () => {
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

  it('lets the right header in, and nothing else, until the token runs out', async () => {
    const token = textOf(await refresh(billing()['refreshToken']!), 'access_token');
    assert.equal(await invoices({ authorization: `Bearer ${token}` }), 200);
    for (const headers of [{}, { authorization: token }, { 'x-api-key': token }]) assert.equal(await invoices(headers), 401);
    assert.equal((await get(at('/api/meters'), { 'x-api-key': token })).status, 401);
    sandbox.advance(900);
    assert.equal(await invoices({ authorization: `Bearer ${token}` }), 401);
  });
});
