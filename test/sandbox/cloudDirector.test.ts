import assert from 'node:assert/strict';
import { basic, claimsOf, get, jsonOf, postForm, postJson, remove, START, textOf, useSandbox } from './client.js';

const ACME = 'sandbox-cloud-director';

describe('sandbox: Cloud Director', () => {
  const sandbox = useSandbox();
  const at = (path: string) => sandbox.current().services['cloud-director'].origin + path;
  const exchange = (secret: string | undefined, path = '/oauth/tenant/acme/token') =>
    postForm(at(path), { grant_type: 'refresh_token', refresh_token: secret ?? '' });
  const accessToken = async (secret = sandbox.secret(ACME)['apiToken'], path?: string) =>
    textOf(await exchange(secret, path), 'access_token');
  const openApi = (token: string) => ({ authorization: `Bearer ${token}`, accept: 'application/json;version=39.1' });

  it('exchanges an API token repeatedly for access tokens', async () => {
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

  it('distinguishes the tenant from the provider and from other tenants', async () => {
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

  it('returns its API versions without authorization, including deprecated and alpha ones', async () => {
    const { status, text, headers } = await get(at('/api/versions'));
    assert.equal(status, 200);
    assert.match(headers.get('content-type') ?? '', /xml/);
    assert.match(text, /<VersionInfo deprecated="true">\s*<Version>36\.3<\/Version>/);
    assert.match(text, /<VersionInfo deprecated="false">\s*<Version>39\.1<\/Version>/);
    assert.match(text, /<AlphaVersion deprecated="false">\s*<Version>41\.0\.0-alpha-\d+<\/Version>/);
  });

  it('accepts only the right headers', async () => {
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

  it('lets an access token expire', async () => {
    const token = await accessToken();
    const probe = async () => (await get(at('/cloudapi/1.0.0/sessions/current'), openApi(token))).status;
    sandbox.advance(3599);
    assert.equal(await probe(), 200);
    sandbox.advance(1);
    assert.equal(await probe(), 401);
  });
});

describe('sandbox: the API tokens of Cloud Director', () => {
  const sandbox = useSandbox();
  const at = (path: string) => sandbox.current().services['cloud-director'].origin + path;
  const openApi = (token?: string) => ({
    accept: 'application/json;version=39.1',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  });
  const exchange = (fields: Record<string, string>, scope = 'tenant/acme') => postForm(at(`/oauth/${scope}/token`), fields);
  const exchangeSecret = (secret: string) => exchange({ grant_type: 'refresh_token', refresh_token: secret });
  const signIn = (user: string, password: string, path = '/cloudapi/1.0.0/sessions') =>
    postJson(at(path), '', { ...openApi(), ...basic(user, password) });
  const session = async (which?: 'readOnlyLogin'): Promise<string> => {
    const { user, password } = sandbox.login(ACME, which);
    return (await signIn(`${user}@acme`, password)).headers.get('x-vmware-vcloud-access-token') ?? '';
  };
  const tokenSession = async () => textOf(await exchangeSecret(sandbox.secret(ACME)['apiToken']!), 'access_token');
  const register = (name: unknown, token: string, scope = 'tenant/acme') =>
    postJson(at(`/oauth/${scope}/register`), { client_name: name }, { authorization: `Bearer ${token}` });
  const collect = (clientId: string, assertion: string) =>
    exchange({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', client_id: clientId, assertion });
  const list = async (token: string, query = '') => {
    const answer = await get(at(`/cloudapi/1.0.0/tokens?${query}`), openApi(token));
    assert.equal(answer.status, 200, answer.text);
    return jsonOf(answer) as { values: { id: string; name: string; owner: { name: string } }[]; [field: string]: unknown };
  };
  const names = async (token: string, filter: string) =>
    (await list(token, new URLSearchParams({ filter }).toString())).values.map(({ name }) => name);

  it('signs people in where they belong, and out', async () => {
    const { user, password } = sandbox.login(ACME);
    const answer = await signIn(`${user}@acme`, password);
    assert.deepEqual([answer.status, answer.headers.get('x-vmware-vcloud-token-type')], [200, 'Bearer']);
    const token = answer.headers.get('x-vmware-vcloud-access-token') ?? '';
    const current = at('/cloudapi/1.0.0/sessions/current');
    assert.deepEqual(jsonOf(await get(current, openApi(token)))['user'], { name: 'ada', id: 'urn:vcloud:user:ada' });
    assert.equal((await remove(current, openApi(token))).status, 204);
    assert.equal((await get(current, openApi(token))).status, 401);
    const operator = sandbox.login('sandbox-cloud-director-system');
    const provider = '/cloudapi/1.0.0/sessions/provider';
    assert.equal((await signIn(`${operator.user}@System`, operator.password, provider)).status, 200);
    for (const refused of [
      await signIn(`${user}@acme`, 'EXAMPLE-wrong'),
      await signIn(user, password),
      await signIn(`${user}@other`, password),
      await signIn(`${user}@acme`, password, provider),
      await signIn(`${operator.user}@System`, operator.password),
    ])
      assert.deepEqual([refused.status, jsonOf(refused)['minorErrorCode']], [401, 'UNAUTHORIZED']);
    assert.equal((await postJson(at('/cloudapi/1.0.0/sessions'), '', basic(`${user}@acme`, password))).status, 406);
  });

  it('lets a session expire after 30 minutes', async () => {
    const token = await session();
    sandbox.advance(30 * 60);
    assert.equal((await register('late', token)).status, 401);
  });

  it('creates an API token, which is exchanged, listed and revoked', async () => {
    const token = await session();
    const registered = await register('ci-server', token);
    assert.equal(registered.status, 200);
    assert.equal(textOf(registered, 'client_name'), 'ci-server');
    const clientId = textOf(registered, 'client_id');
    const created = await collect(clientId, token);
    assert.equal(created.status, 200);
    const secret = textOf(created, 'refresh_token');
    assert.match(secret, /^EXAMPLE[A-Za-z0-9]{25}$/);
    const accessToken = textOf(await exchangeSecret(secret), 'access_token');
    assert.equal(textOf(await exchangeSecret(secret), 'token_type'), 'Bearer');

    const urn = `urn:vcloud:token:${clientId}`;
    const [listed] = (await list(token, 'filter=name==ci-server')).values;
    assert.deepEqual([listed?.id, listed?.owner.name], [urn, 'ada']);
    assert.deepEqual(jsonOf(await get(at(`/cloudapi/1.0.0/tokens/${urn}`), openApi(token))), listed);
    assert.ok(!JSON.stringify(listed).includes(secret));

    const one = at(`/cloudapi/1.0.0/tokens/${encodeURIComponent(urn)}`);
    assert.equal((await remove(one, openApi(token))).status, 204);
    assert.equal(jsonOf(await exchangeSecret(secret))['minorErrorCode'], 'invalid_grant');
    assert.equal((await get(at('/cloudapi/1.0.0/sessions/current'), openApi(accessToken))).status, 401);
    assert.equal((await remove(one, openApi(token))).status, 404);
    assert.deepEqual(await names(token, 'name==ci-server'), []);
  });

  it('returns the secret once, to the session that registered it', async () => {
    const token = await session();
    const clientId = textOf(await register('ci-server', token), 'client_id');
    for (const [id, assertion] of [
      [clientId, await tokenSession()],
      [clientId, await session('readOnlyLogin')],
      [clientId, 'EXAMPLE'],
      ['00000000-0000-4000-8000-000000000000', token],
    ] as const)
      assert.equal(jsonOf(await collect(id, assertion))['minorErrorCode'], 'invalid_grant');
    assert.equal((await collect(clientId, token)).status, 200);
    assert.equal(jsonOf(await collect(clientId, token))['minorErrorCode'], 'invalid_grant');
  });

  it('lists a token whose secret has not been fetched', async () => {
    const token = await session();
    await register('half done', token);
    assert.deepEqual(await names(token, 'name==half done'), ['half done']);
  });

  it('refuses a missing name and one that is taken', async () => {
    const token = await session();
    assert.equal((await register('ci-server', token)).status, 200);
    const taken = await register('ci-server', token);
    assert.deepEqual([taken.status, jsonOf(taken)['minorErrorCode']], [400, 'DUPLICATE_NAME']);
    for (const name of ['', undefined, 7]) assert.equal(jsonOf(await register(name, token))['minorErrorCode'], 'BAD_REQUEST');
  });

  it('lets neither an API token nor a person without the right manage tokens', async () => {
    const service = at('/cloudapi/1.0.0/tokens');
    const [{ id } = { id: '' }] = (await list(await session())).values;
    for (const token of [await tokenSession(), await session('readOnlyLogin')]) {
      assert.equal((await register('ci-server', token)).status, 403);
      assert.equal((await get(service, openApi(token))).status, 403);
      assert.equal((await remove(`${service}/${id}`, openApi(token))).status, 403);
    }
    assert.equal((await register('ci-server', await session(), 'provider')).status, 403);
    assert.equal((await register('ci-server', 'EXAMPLE')).status, 401);
    assert.equal((await get(service, openApi('EXAMPLE'))).status, 401);
    assert.equal((await get(service, { authorization: `Bearer ${await session()}` })).status, 406);
  });

  it('lists by name and owner, only what belongs to the organization', async () => {
    const token = await session();
    assert.deepEqual(await names(token, 'type==REFRESH'), ['Ada', 'Service account']);
    assert.deepEqual(await names(token, '(name==Ada;owner.name==ada;(type==PROXY,type==REFRESH))'), ['Ada']);
    assert.deepEqual(await names(token, 'owner.name==ci,name==Ada'), ['Ada', 'Service account']);
    assert.deepEqual(await names(token, 'type==PROXY'), []);
    for (const filter of ['name=Ada', 'colour==red', '(name==Ada', 'name==Ada)', ''])
      assert.equal((await get(at(`/cloudapi/1.0.0/tokens?filter=${filter}`), openApi(token))).status, 400, filter);
  });

  it('lists page by page, of 128 tokens at most', async () => {
    const token = await session();
    for (let count = 0; count < 128; count += 1) await register(`token ${count}`, token);
    const first = await list(token, 'page=1&pageSize=1000');
    const second = await list(token, 'page=2&pageSize=1000');
    assert.deepEqual([first.values.length, second.values.length], [128, 2]);
    assert.deepEqual([first['resultTotal'], first['pageCount'], first['pageSize']], [130, 2, 128]);
    assert.equal(new Set([...first.values, ...second.values].map(({ id }) => id)).size, 130);
    assert.equal((await list(token)).values.length, 25);
    assert.equal((await get(at('/cloudapi/1.0.0/tokens?page=0'), openApi(token))).status, 400);
  });

  it('revokes a listed API token of the sandbox', async () => {
    const token = await session();
    const [{ id } = { id: '' }] = (await list(token, 'filter=name==Service account')).values;
    assert.equal((await remove(at(`/cloudapi/1.0.0/tokens/${id}`), openApi(token))).status, 204);
    assert.equal((await exchangeSecret(sandbox.secret(ACME, 'Service account')['apiToken']!)).status, 400);
    assert.equal((await exchangeSecret(sandbox.secret(ACME)['apiToken']!)).status, 200);
  });

  it('loses the answer to a creation, which has taken effect, and no other kind of request', async () => {
    const service = sandbox.current().services['cloud-director'];
    service.answerNext('lost', 1, 'manage');
    const token = await session();
    assert.equal((await exchangeSecret(sandbox.secret(ACME)['apiToken']!)).status, 200);
    await assert.rejects(register('ci-server', token));
    assert.deepEqual(await names(token, 'name==ci-server'), ['ci-server']);
  });
});
