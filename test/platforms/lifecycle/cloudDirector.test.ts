import assert from 'node:assert/strict';
import { AppError } from '../../../src/base/errors.js';
import { cloudDirectorTokens as tokens } from '../../../src/platforms/cloudDirector/lifecycle.js';
import { answer, FORM, htmlAnswer, SENT_AT } from '../table.js';
import { judges, long, refusedTalk, talk, tellsRefusals } from './talk.js';

const tenant = {
  id: 'acme',
  name: 'Acme',
  platform: 'cloud-director',
  url: 'https://cloud.example.net',
  organization: 'acme',
  apiVersion: '39.0',
} as const;
const PASSWORD = 'EXAMPLE-password-0123456789';
const BEARER = 'EXAMPLE-session-0123456789';
const credentials = { user: 'ada', password: PASSWORD };
const headers = { accept: 'application/json;version=39.0', authorization: `Bearer ${BEARER}` };
const session = { headers, secrets: [BEARER], userId: 'ada' };
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
const loggedIn = answer(200, {}, { 'x-vmware-vcloud-access-token': BEARER });
const CODES = { 401: 'session-refused', 403: 'rights-missing', 404: 'token-api-missing' } as const;

describe('Cloud Director: a login', () => {
  it('uses Basic, with the organization in the user name', () => {
    const { result, requests } = talk(tokens.logIn!(tenant, credentials), loggedIn);
    assert.deepEqual(result, session);
    assert.deepEqual(requests, [
      {
        method: 'POST',
        url: 'https://cloud.example.net/cloudapi/1.0.0/sessions',
        headers: { accept: 'application/json;version=39.0', authorization: basic(`ada@acme:${PASSWORD}`) },
      },
    ]);
  });

  it('of a provider has its own address', () => {
    const { requests } = talk(tokens.logIn!({ ...tenant, organization: 'System' }, credentials), loggedIn);
    assert.equal(requests[0]?.url, 'https://cloud.example.net/cloudapi/1.0.0/sessions/provider');
    assert.equal(requests[0].headers['authorization'], basic(`ada@System:${PASSWORD}`));
  });

  it('asks for the newest version first, if the tenant sets none', () => {
    const { apiVersion: _, ...versionless } = tenant;
    const versions = '<VersionInfo deprecated="false"><Version>40.0</Version></VersionInfo>';
    const found = talk(tokens.logIn!(versionless, credentials), answer(200, versions), loggedIn);
    assert.equal(found.requests[0]?.url, 'https://cloud.example.net/api/versions');
    assert.equal(found.requests[0].headers['authorization'], undefined);
    assert.equal(found.result.headers['accept'], 'application/json;version=40.0');
    const silent = talk(tokens.logIn!(versionless, credentials), htmlAnswer(404), loggedIn);
    assert.equal(silent.result.headers['accept'], 'application/json;version=36.1');
  });

  tellsRefusals(() => tokens.logIn!(tenant, credentials), [PASSWORD, basic(`ada@acme:${PASSWORD}`).slice(6)], {
    ...CODES,
    401: 'login-refused',
  });

  it('needs a valid token in the answer’s header', () => {
    assert.equal(refusedTalk(tokens.logIn!(tenant, credentials), [PASSWORD], answer(200, {})).code, 'unexpected-answer');
    for (const [value, code] of [
      [`${BEARER}\r\nx: y`, 'access-token-unsafe'],
      [PASSWORD, 'unexpected-answer'],
    ] as const) {
      const response = answer(200, {}, { 'x-vmware-vcloud-access-token': value });
      assert.equal(refusedTalk(tokens.logIn!(tenant, credentials), [PASSWORD, BEARER], response).code, code);
    }
  });

  it('is ended', () => {
    assert.deepEqual(tokens.logOut!(tenant, session), {
      method: 'DELETE',
      url: 'https://cloud.example.net/cloudapi/1.0.0/sessions/current',
      headers,
    });
  });
});

describe('Cloud Director: a new API token', () => {
  const create = (over = {}) => tokens.create!({ ...tenant, ...over }, session, { name: 'ci-server' });
  const registered = answer(200, { client_name: 'ci-server', client_id: '6f1d0c1e-0000-4000-8000-000000000001' });
  const SECRET = 'EXAMPLEexampleEXAMPLEexample0123';
  const given = answer(200, { access_token: 'EXAMPLE-access', token_type: 'Bearer', expires_in: 3600, refresh_token: SECRET });
  const ID = 'urn:vcloud:token:6f1d0c1e-0000-4000-8000-000000000001';

  it('is registered, and its value fetched', () => {
    const { result, requests } = talk(create(), registered, given);
    assert.deepEqual(result, { secret: { apiToken: SECRET }, token: { id: ID, name: 'ci-server', state: 'active' } });
    assert.deepEqual(requests, [
      {
        method: 'POST',
        url: 'https://cloud.example.net/oauth/tenant/acme/register',
        headers: { ...headers, accept: 'application/json', 'content-type': 'application/json' },
        body: '{"client_name":"ci-server"}',
      },
      {
        method: 'POST',
        url: 'https://cloud.example.net/oauth/tenant/acme/token',
        headers: FORM,
        body: `grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&client_id=${ID.slice(17)}&assertion=${BEARER}`,
      },
    ]);
  });

  it('goes to the host of exchanges', () => {
    const urls = (over: object) => talk(create(over), registered, given).requests.map(({ url }) => new URL(url).pathname);
    assert.deepEqual(urls({ pathPrefix: '/tm' }), ['/tm/oauth/tenant/acme/register', '/tm/oauth/tenant/acme/token']);
    assert.deepEqual(urls({ organization: 'SYSTEM' }), ['/oauth/provider/register', '/oauth/provider/token']);
  });

  it('may be answered with 201', () => {
    assert.equal(talk(create(), { ...registered, status: 201 }, given).result.token.id, ID);
  });

  tellsRefusals(create, [BEARER], CODES, [
    { when: 'a name that is taken', response: answer(400, { message: 'A client already exists' }), code: 'name-taken' },
    { when: 'a conflict', response: answer(409, {}), code: 'name-taken' },
    {
      when: 'a registration that cannot be read',
      response: answer(200, 'yes'),
      code: 'creation-uncertain',
      facts: { name: 'ci-server' },
    },
    { when: 'a registration without an ID', response: answer(200, {}), code: 'creation-uncertain', facts: { name: 'ci-server' } },
  ]);

  const halves = [
    ['refused', answer(400, { minorErrorCode: 'invalid_grant', message: `bad ${BEARER}` }), 'api-token-refused'],
    ['forbidden', answer(403, {}), 'rights-missing'],
    ['failed', answer(503, ''), 'service-failed'],
    ['a web page', htmlAnswer(200), 'web-page'],
    ['without a value', answer(200, { access_token: 'EXAMPLE', refresh_token: null }), 'unexpected-answer'],
    ['lost', new AppError('timed-out', { host: 'cloud.example.net' }), 'timed-out'],
    ['broken off by something else', new Error('oops'), 'unknown'],
  ] as const;
  for (const [how, second, cause] of halves)
    it(`is reported by its ID if the second answer is ${how}`, () => {
      const error = refusedTalk(create(), [BEARER], registered, second);
      assert.equal(error.code, 'creation-half-done');
      assert.deepEqual([error.facts['id'], error.facts['name'], error.facts['cause']], [ID, 'ci-server', cause]);
    });

  it('that was not registered rethrows the error unchanged', () => {
    assert.equal(refusedTalk(create(), [BEARER], new AppError('timed-out')).code, 'timed-out');
  });

  judges(tokens.createFields, [
    ['name', 'c', undefined],
    ['name', long(128), undefined],
    ['name', long(129), /1 to 128/],
  ]);
});

describe('Cloud Director: the list', () => {
  const entry = (id: number, more = {}) => ({ id: `urn:vcloud:token:${id}`, name: `token ${id}`, type: 'REFRESH', ...more });
  const list = () => tokens.list!(tenant, session);

  it('contains the user’s own tokens, in pages', () => {
    const { result, requests } = talk(
      list(),
      answer(200, { resultTotal: 2, values: [entry(1, { owner: { name: 'ada' }, expirationTimeUtc: null, token: 'EXAMPLE' })] }),
      answer(200, { resultTotal: 2, values: [entry(2, { expirationTimeUtc: '2029-12-31T23:59:59.000Z' })] }),
    );
    assert.deepEqual(result, [
      { id: 'urn:vcloud:token:1', name: 'token 1', state: 'active', type: 'REFRESH', owner: 'ada', endsAt: null },
      { id: 'urn:vcloud:token:2', name: 'token 2', state: 'ended', type: 'REFRESH', endsAt: SENT_AT - 1000 },
    ]);
    const [first, second] = requests.map(({ url }) => new URL(url));
    assert.equal(first?.pathname, '/cloudapi/1.0.0/tokens');
    assert.deepEqual(Object.fromEntries(first.searchParams), {
      filter: '(type==REFRESH;owner.name==ada)',
      page: '1',
      pageSize: '32',
    });
    assert.equal(second?.searchParams.get('page'), '2');
    assert.deepEqual(requests[0]?.headers, headers);
  });

  it('cannot be widened by a user name', () => {
    const { requests } = talk(tokens.list!(tenant, { ...session, userId: 'a@b.c),(name==*' }), answer(200, { values: [] }));
    const filter = new URL(requests[0]?.url ?? '').searchParams.get('filter');
    assert.equal(filter, '(type==REFRESH;owner.name==a@b.c%29%2C%28name%3D%3D%2A)');
  });

  it('omits entries without an ID', () => {
    assert.deepEqual(talk(list(), answer(200, { resultTotal: 1, values: [{ name: 'x' }] })).result, []);
  });

  tellsRefusals(list, [BEARER], CODES);
});

describe('Cloud Director: a revocation', () => {
  const revoke = () => tokens.revoke!(tenant, session, 'urn:vcloud:token:1');

  it('names the token', () => {
    const { requests } = talk(revoke(), answer(204, ''));
    assert.deepEqual(requests, [
      { method: 'DELETE', url: 'https://cloud.example.net/cloudapi/1.0.0/tokens/urn:vcloud:token:1', headers },
    ]);
  });

  it('keeps its path, whatever the ID', () => {
    const { requests } = talk(tokens.revoke!(tenant, session, '../x?y'), answer(204, ''));
    assert.equal(requests[0]?.url, 'https://cloud.example.net/cloudapi/1.0.0/tokens/..%2Fx%3Fy');
  });

  tellsRefusals(revoke, [BEARER], { ...CODES, 404: 'token-gone' });
});

describe('Cloud Director: what it cannot do', () => {
  it('is not offered', () => {
    assert.equal(tokens.authority, 'login');
    for (const act of ['update', 'regenerate', 'inspect', 'revokeByValue', 'sessionOf']) assert.ok(!(act in tokens), act);
  });
});
