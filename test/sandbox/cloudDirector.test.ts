import assert from 'node:assert/strict';
import { claimsOf, get, jsonOf, postForm, START, textOf, useSandbox } from './client.js';

const ACME = 'sandbox-cloud-director';

describe('sandbox: Cloud Director', () => {
  const sandbox = useSandbox();
  const at = (path: string) => sandbox.current().services['cloud-director'].origin + path;
  const exchange = (secret: string | undefined, path = '/oauth/tenant/acme/token') =>
    postForm(at(path), { grant_type: 'refresh_token', refresh_token: secret ?? '' });
  const accessToken = async (secret = sandbox.secret(ACME)['apiToken'], path?: string) =>
    textOf(await exchange(secret, path), 'access_token');
  const openApi = (token: string) => ({ authorization: `Bearer ${token}`, accept: 'application/json;version=39.1' });

  it('exchanges an API token again and again for access tokens', async () => {
    const answer = await exchange(sandbox.secret(ACME)['apiToken']);
    assert.equal(answer.status, 200);
    const { access_token: token, ...rest } = jsonOf(answer);
    assert.deepEqual(rest, { token_type: 'Bearer', expires_in: 3600, refresh_token: null });
    const { iat, exp, org, sub } = claimsOf(String(token));
    assert.deepEqual({ iat, exp, org, sub }, { iat: START / 1000, exp: START / 1000 + 3600, org: 'acme', sub: 'ada' });
    assert.notEqual(await accessToken(), token);
  });

  it('answers under /tm too', async () => {
    const token = await accessToken(undefined, '/tm/oauth/tenant/acme/token');
    assert.equal((await get(at('/tm/cloudapi/1.0.0/sessions/current'), openApi(token))).status, 200);
  });

  it('tells the tenant from the provider and from other tenants', async () => {
    const tenant = sandbox.secret(ACME)['apiToken'];
    const provider = sandbox.secret('sandbox-cloud-director-system')['apiToken'];
    assert.equal((await exchange(provider, '/oauth/provider/token')).status, 200);
    for (const [secret, path] of [
      [tenant, '/oauth/provider/token'],
      [provider, '/oauth/tenant/acme/token'],
      [provider, '/oauth/tenant/System/token'],
      [tenant, '/oauth/tenant/Acme/token'],
      [tenant, '/oauth/tenant/other/token'],
      [sandbox.secret(ACME, 'Revoked')['apiToken'], '/oauth/tenant/acme/token'],
    ] as const) {
      const answer = await exchange(secret, path);
      assert.equal(answer.status, 400, path);
      assert.equal(jsonOf(answer)['minorErrorCode'], 'invalid_grant');
      assert.match(textOf(answer, 'message'), /^\[ [0-9a-f-]{36} \] Invalid refresh token$/);
    }
  });

  it('refuses another grant, and a missing token', async () => {
    const other = await postForm(at('/oauth/tenant/acme/token'), { grant_type: 'password' });
    assert.deepEqual([other.status, jsonOf(other)['minorErrorCode']], [400, 'unsupported_grant_type']);
    assert.deepEqual([(await exchange('')).status, jsonOf(await exchange(''))['minorErrorCode']], [400, 'invalid_request']);
  });

  it("replaces a service account's API token at each exchange", async () => {
    const first = sandbox.secret(ACME, 'Service account')['apiToken'];
    const second = textOf(await exchange(first), 'refresh_token');
    assert.notEqual(second, first);
    assert.equal((await exchange(first)).status, 400);
    assert.equal((await exchange(second)).status, 200);
  });

  it('tells its API versions to anybody: deprecated and alpha ones too', async () => {
    const { status, text, headers } = await get(at('/api/versions'));
    assert.equal(status, 200);
    assert.match(headers.get('content-type') ?? '', /xml/);
    assert.match(text, /<VersionInfo deprecated="true">\s*<Version>36\.3<\/Version>/);
    assert.match(text, /<VersionInfo deprecated="false">\s*<Version>39\.1<\/Version>/);
    assert.match(text, /<AlphaVersion deprecated="false">\s*<Version>41\.0\.0-alpha-\d+<\/Version>/);
  });

  it('lets the right headers in, and nothing else', async () => {
    const token = await accessToken();
    const { organizationId } = sandbox.tenant(ACME).tenant;
    const context = { 'x-vmware-vcloud-tenant-context': String(organizationId) };
    const cases: [number, string, Record<string, string>][] = [
      [200, '/cloudapi/1.0.0/sessions/current', openApi(token)],
      [200, '/cloudapi/1.0.0/sessions/current', { ...openApi(token), authorization: `bearer ${token}` }],
      [200, '/cloudapi/1.0.0/orgs', { ...openApi(token), accept: 'application/json; version=36.3' }],
      [200, '/cloudapi/1.0.0/sessions/current', { ...openApi(token), ...context, 'x-vmware-vcloud-auth-context': 'acme' }],
      [200, '/api/org', openApi(token)],
      [200, '/api/org', { ...openApi(token), accept: 'application/*+json;version=38.1' }],
      [401, '/cloudapi/1.0.0/sessions/current', {}],
      [401, '/cloudapi/1.0.0/sessions/current', { ...openApi(token), authorization: token }],
      [401, '/cloudapi/1.0.0/sessions/current', { ...openApi(token), authorization: `Basic ${token}` }],
      [401, '/cloudapi/1.0.0/sessions/current', openApi(`${token}x`)],
      [401, '/cloudapi/1.0.0/sessions/current', openApi(sandbox.secret(ACME)['apiToken']!)],
      [
        401,
        '/cloudapi/1.0.0/sessions/current',
        { ...openApi(token), 'x-vmware-vcloud-tenant-context': `urn:vcloud:org:${String(organizationId)}` },
      ],
      [
        403,
        '/cloudapi/1.0.0/sessions/current',
        { ...openApi(token), 'x-vmware-vcloud-tenant-context': '00000000-0000-4000-8000-000000000000' },
      ],
      [403, '/cloudapi/1.0.0/sessions/current', { ...openApi(token), ...context, 'x-vmware-vcloud-auth-context': 'other' }],
      [406, '/api/org', { authorization: `Bearer ${token}` }],
      [406, '/api/org', { authorization: `Bearer ${token}`, accept: 'application/json' }],
      [406, '/api/org', { ...openApi(token), accept: 'application/json;version=99.0' }],
      [406, '/cloudapi/1.0.0/sessions/current', { ...openApi(token), accept: 'application/json;version=99.0' }],
    ];
    for (const [status, path, headers] of cases)
      assert.equal((await get(at(path), headers)).status, status, `${path} ${JSON.stringify(headers)}`);
  });

  it('shows a tenant its own organization and the provider all of them', async () => {
    const provider = sandbox.secret('sandbox-cloud-director-system')['apiToken'];
    const tenantSees = jsonOf(await get(at('/cloudapi/1.0.0/orgs'), openApi(await accessToken())));
    const providerSees = jsonOf(
      await get(at('/cloudapi/1.0.0/orgs'), openApi(await accessToken(provider, '/oauth/provider/token'))),
    );
    assert.deepEqual([tenantSees['resultTotal'], providerSees['resultTotal']], [1, 2]);
  });

  it('lets an access token run out', async () => {
    const token = await accessToken();
    const probe = async () => (await get(at('/cloudapi/1.0.0/sessions/current'), openApi(token))).status;
    sandbox.advance(3599);
    assert.equal(await probe(), 200);
    sandbox.advance(1);
    assert.equal(await probe(), 401);
  });
});
