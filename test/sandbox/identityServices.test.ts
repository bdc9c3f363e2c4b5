import assert from 'node:assert/strict';
import { claimsOf, get, jsonOf, postForm, postJson, sendJson, START, textOf, type Reply, useSandbox } from './client.js';

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

  it('exchanges an API token repeatedly', async () => {
    const answer = await exchange();
    assert.equal(answer.status, 200);
    const { access_token: token, ...rest } = jsonOf(answer);
    assert.deepEqual(rest, { token_type: 'Bearer', expires_in: 1800, scope: 'openid' });
    assert.equal(claimsOf(String(token))['exp'], START / 1000 + 1800);
    assert.equal((await exchange()).status, 200);
  });

  it('accepts a single-use token once', async () => {
    const token = textOf(await exchange('Single use'), 'access_token');
    const again = await exchange('Single use');
    assert.deepEqual([again.status, jsonOf(again)['error']], [400, 'invalid_grant']);
    assert.equal(await version({ authorization: `Bearer ${token}` }), 200);
  });

  it('returns -1 for an unreported expiry, which the token itself contains', async () => {
    const answer = await exchange('Unknown expiry');
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

  it('accepts only the right header, until the token expires', async () => {
    const token = textOf(await exchange(), 'access_token');
    assert.equal(await version({ authorization: `Bearer ${token}` }), 200);
    for (const authorization of ['', token, `HZN ${token}`, 'Bearer EXAMPLE'])
      assert.equal(await version({ authorization }), 401);
    sandbox.advance(1800);
    assert.equal(await version({ authorization: `Bearer ${token}` }), 401);
  });
});

describe('sandbox: Identity Services with a lifetime of 0', () => {
  const sandbox = useSandbox({ lifetimesSeconds: { 'identity-services': 0 } });

  it('returns 0 for an expired token', async () => {
    const { origin } = sandbox.current().services['identity-services'];
    const fields = { grant_type: GRANT, api_token: sandbox.secret(BROKER)['apiToken']! };
    const answer = await postForm(`${origin}/acs/t/CUSTOMER/token`, fields);
    assert.equal(jsonOf(answer)['expires_in'], 0);
    const authorization = `Bearer ${textOf(answer, 'access_token')}`;
    assert.equal((await get(`${origin}/suite-api/api/versions/current`, { authorization })).status, 401);
  });
});

describe('sandbox: the API tokens of Identity Services', () => {
  const sandbox = useSandbox();
  const at = (path: string) => sandbox.current().services['identity-services'].origin + path;
  const exchange = (secret: string) => postForm(at('/acs/t/CUSTOMER/token'), { grant_type: GRANT, api_token: secret });
  const accessToken = async (name?: string) => textOf(await exchange(sandbox.secret(BROKER, name)['apiToken']!), 'access_token');
  const vendor = (name: string) => `application/vnd.vmware.vidm.api-tokens.${name}+json`;
  const media = (request: string, answer: string, token: string) => ({
    'content-type': vendor(`${request}.request`),
    accept: vendor(answer),
    authorization: `Bearer ${token}`,
  });
  const tokens = '/acs/t/CUSTOMER/api-tokens';
  const create = (body: unknown, token: string) => postJson(at(tokens), body, media('create', 'create.response', token));
  const regenerate = (secret: unknown, token: string) =>
    postJson(at(`${tokens}/regenerate`), { api_token: secret }, media('regenerate', 'regenerate.response', token));
  const search = (body: unknown, token: string, query = '') =>
    postJson(at(`${tokens}/search${query}`), body, media('search', 'search.summary.list', token));
  const patch = (id: unknown, body: unknown, token: string) =>
    sendJson('PATCH', at(`${tokens}/${String(id)}`), body, media('patch', 'patch.response', token));
  const items = (answer: Reply) => jsonOf(answer)['items'] as Record<string, unknown>[];
  const names = (answer: Reply) => items(answer).map((item) => item['token_display_name']);
  const terms = { token_display_name: 'vscode', api_token_ttl: 60, access_token_ttl: 5 };
  const iso = (seconds: number) => new Date(START + seconds * 1000).toISOString();

  it('creates a token and returns all its properties', async () => {
    const body = { ...terms, token_description: 'for tests', max_count_of_uses: -1, client_id: 'editor' };
    const answer = await create(body, await accessToken());
    assert.equal(answer.status, 201);
    assert.equal(answer.headers.get('content-type'), vendor('create.response'));
    const { id, token, ...rest } = jsonOf(answer);
    assert.match(String(id), /^[0-9a-f-]{36}$/);
    assert.match(String(token), /^vidb_/);
    assert.deepEqual(rest, {
      ...body,
      client_display_name: 'Sandbox',
      client_type: 'API_TOKEN',
      token_type: 'API_TOKEN',
      token_sub_type: 'USER',
      token_suffix: String(token).slice(-4),
      acct: 'ada',
      user_status: true,
      expiration_date: iso(3600),
      last_access_time: null,
      created_date: iso(0),
      modified_date: iso(0),
      token_status: 'ACTIVE',
    });
  });

  it('creates a token, which is exchanged, listed, changed and regenerated, and expires', async () => {
    const admin = await accessToken();
    const { id, token } = jsonOf(await create(terms, admin));
    assert.equal(jsonOf(await exchange(String(token)))['expires_in'], 300);
    const found = await search({ and: [{ key: 'id', values: [id], operator: 'EQ' }] }, admin);
    assert.equal(found.headers.get('content-type'), vendor('search.summary.list'));
    assert.deepEqual([names(found), items(found)[0]?.['last_access_time']], [['vscode'], iso(0)]);
    assert.ok(!found.text.includes(String(token)));

    sandbox.advance(60);
    const changed = await patch(id, { token_display_name: 'renamed', token_description: 'new', access_token_ttl: 10 }, admin);
    assert.deepEqual([changed.status, changed.headers.get('content-type')], [200, vendor('patch.response')]);
    assert.deepEqual(
      [jsonOf(changed)['token_display_name'], jsonOf(changed)['token_description'], jsonOf(changed)['modified_date']],
      ['renamed', 'new', iso(60)],
    );
    assert.equal(jsonOf(await exchange(String(token)))['expires_in'], 600);

    const regenerated = await regenerate(token, admin);
    assert.deepEqual([regenerated.status, jsonOf(regenerated)['id']], [200, id]);
    assert.equal(jsonOf(await exchange(String(token)))['error'], 'invalid_grant');
    const next = textOf(regenerated, 'token');
    assert.equal((await exchange(next)).status, 200);
    assert.equal(jsonOf(regenerated)['expiration_date'], iso(60 + 3600));

    sandbox.advance(3600);
    assert.equal(jsonOf(await exchange(next))['error'], 'invalid_grant');
    const again = await accessToken();
    const [ended] = items(await search({ or: [{ key: 'token_status', values: ['EXPIRED'], operator: 'EQ' }] }, again));
    assert.equal(ended?.['id'], id);
    assert.equal((await regenerate(next, again)).status, 400);
  });

  it('creates a single-use token', async () => {
    const admin = await accessToken();
    const secret = textOf(await create({ ...terms, max_count_of_uses: 1 }, admin), 'token');
    assert.equal((await exchange(secret)).status, 200);
    assert.equal((await exchange(secret)).status, 400);
    assert.equal((await regenerate(secret, admin)).status, 400);
  });

  it('enforces its limits', async () => {
    const admin = await accessToken();
    const status = async (changed: Record<string, unknown>) => (await create({ ...terms, ...changed }, admin)).status;
    for (const fine of [
      { token_display_name: 'abc' },
      { token_display_name: 'x'.repeat(255) },
      { api_token_ttl: 1, access_token_ttl: 1 },
      { token_description: 'x'.repeat(4000) },
    ])
      assert.equal(await status(fine), 201, JSON.stringify(fine));
    for (const wrong of [
      { token_display_name: 'ab' },
      { token_display_name: 'x'.repeat(256) },
      { token_display_name: undefined },
      { api_token_ttl: 0 },
      { api_token_ttl: undefined },
      { api_token_ttl: '60' },
      { api_token_ttl: 1.5 },
      { access_token_ttl: 0 },
      { access_token_ttl: undefined },
      { max_count_of_uses: 0 },
      { max_count_of_uses: 2 },
      { token_description: 'x'.repeat(4001) },
      { client_id: 7 },
    ]) {
      const answer = await create({ ...terms, ...wrong }, admin);
      assert.deepEqual([answer.status, jsonOf(answer)['error']], [400, 'invalid_request'], JSON.stringify(wrong));
    }
  });

  it('changes only three fields of an existing token, within their limits', async () => {
    const admin = await accessToken();
    const { id } = jsonOf(await create(terms, admin));
    for (const body of [{ token_display_name: 'ab' }, { access_token_ttl: 0 }, { api_token_ttl: 90 }, { token_description: 7 }])
      assert.equal((await patch(id, body, admin)).status, 400, JSON.stringify(body));
    assert.equal((await patch('00000000-0000-4000-8000-000000000000', {}, admin)).status, 404);
  });

  it('returns search results sorted, filtered and in pages', async () => {
    const admin = await accessToken();
    for (const [count, name] of ['ccc', 'aaa', 'bbb'].entries()) {
      sandbox.advance(1);
      await create({ ...terms, token_display_name: name, access_token_ttl: 12 - count }, admin);
    }
    const mine = { or: ['aaa', 'bbb', 'ccc'].map((name) => ({ key: 'token_display_name', values: [name], operator: 'EQ' })) };
    const sorted = async (sort_by?: string, sort_order?: string) => names(await search({ ...mine, sort_by, sort_order }, admin));
    assert.deepEqual(await sorted(), ['aaa', 'bbb', 'ccc']);
    assert.deepEqual(await sorted('token_display_name', 'desc'), ['ccc', 'bbb', 'aaa']);
    assert.deepEqual(await sorted('created_date'), ['ccc', 'aaa', 'bbb']);
    assert.deepEqual(await sorted('access_token_ttl'), ['bbb', 'aaa', 'ccc']);
    assert.deepEqual(names(await search(mine, admin, '?startIndex=1&pageSize=2')), ['aaa', 'bbb']);
    assert.deepEqual(names(await search(mine, admin, '?startIndex=3&pageSize=2')), ['ccc']);
    assert.deepEqual(names(await search(mine, admin, '?startIndex=5&pageSize=2')), []);
    assert.equal(items(await search({}, admin)).length, 6);
    for (const body of [{ sort_by: 'token' }, { sort_order: 'up' }, { and: 'all' }, { or: [{ key: 'id' }] }])
      assert.equal((await search(body, admin)).status, 400, JSON.stringify(body));
    assert.equal((await search({}, admin, '?startIndex=0')).status, 400);
  });

  it('requires the vendor’s media types, its tenant, an access token and the right', async () => {
    const admin = await accessToken();
    const headers = media('create', 'create.response', admin);
    const cases: [number, string, Record<string, string>][] = [
      [415, tokens, { ...headers, 'content-type': 'application/json' }],
      [415, tokens, { ...headers, 'content-type': vendor('search.request') }],
      [406, tokens, { ...headers, accept: 'application/json' }],
      [404, '/acs/t/OTHER/api-tokens', headers],
      [401, tokens, { ...headers, authorization: 'Bearer EXAMPLE' }],
      [401, tokens, { ...headers, authorization: `Bearer ${sandbox.secret(BROKER)['apiToken']!}` }],
    ];
    for (const [status, path, sent] of cases) assert.equal((await postJson(at(path), terms, sent)).status, status, path);
    const powerless = await accessToken('Unknown expiry');
    for (const answer of [
      await create(terms, powerless),
      await search({}, powerless),
      await patch('any', {}, powerless),
      await regenerate(sandbox.secret(BROKER, 'Unknown expiry')['apiToken'], powerless),
    ])
      assert.deepEqual([answer.status, jsonOf(answer)['error']], [403, 'access_denied']);
    assert.equal((await exchange(sandbox.secret(BROKER, 'Unknown expiry')['apiToken']!)).status, 200);
  });

  it('loses the answer to a creation, which has taken effect', async () => {
    const admin = await accessToken();
    sandbox.current().services['identity-services'].answerNext('lost', 1, 'manage');
    await assert.rejects(create(terms, admin));
    assert.ok(names(await search({}, admin)).includes('vscode'));
  });
});
