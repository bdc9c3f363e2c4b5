import assert from 'node:assert/strict';
import { identityServicesTokens as tokens } from '../../../src/platforms/identityServices/lifecycle.js';
import { answer, SENT_AT } from '../table.js';
import { bodyOf, judges, long, talk, tellsRefusals } from './talk.js';

const tenant = {
  id: 'idb',
  name: 'Broker',
  platform: 'identity-services',
  url: 'https://idb.example.com',
  tenant: 'CUSTOMER',
} as const;
const URL_OF_TOKENS = 'https://idb.example.com/acs/t/CUSTOMER/api-tokens';
const ACCESS = 'EXAMPLE-access-0123456789';
const SECRET = 'vidb_EXAMPLE0123456789EXAMPLE0123456789EXAMPLE';
const session = tokens.sessionOf!(tenant, ACCESS);
const CODES = { 401: 'session-refused', 403: 'rights-missing', 404: 'token-api-missing' } as const;
const headers = (sent: string, wanted: string) => ({
  accept: `application/vnd.vmware.vidm.api-tokens.${wanted}+json`,
  'content-type': `application/vnd.vmware.vidm.api-tokens.${sent}+json`,
  authorization: `Bearer ${ACCESS}`,
});
/** The broker's media types for answers. */
const answered = (status: number, body: unknown) =>
  answer(status, body, { 'content-type': 'application/vnd.vmware.vidm.api-tokens.create.response+json' });

describe('Identity Services: a session', () => {
  it('is an access token', () => {
    assert.equal(tokens.authority, 'access-token');
    assert.deepEqual(session, { headers: { authorization: `Bearer ${ACCESS}` }, secrets: [ACCESS] });
  });
});

describe('Identity Services: a new API token', () => {
  const draft = { name: 'ci-server', apiTtl: '90d', accessTtl: '30min', maxUses: '-1' };
  const create = (more: Record<string, string> = {}) => tokens.create!(tenant, session, { ...draft, ...more });
  const made = (more = {}) => answered(201, { id: 'a-1', token: SECRET, token_display_name: 'ci-server', ...more });

  it('is requested in minutes, with the vendor’s media types', () => {
    const { result, requests } = talk(create(), made({ expiration_date: '2030-02-01T00:00:00Z', token_suffix: 'MPLE' }));
    assert.deepEqual(result, {
      secret: { apiToken: SECRET },
      token: { id: 'a-1', name: 'ci-server', state: 'active', endsAt: Date.UTC(2030, 1, 1), suffix: 'MPLE' },
    });
    assert.deepEqual(requests, [
      {
        method: 'POST',
        url: URL_OF_TOKENS,
        headers: headers('create.request', 'create.response'),
        body: JSON.stringify({
          token_display_name: 'ci-server',
          access_token_ttl: 30,
          api_token_ttl: 129_600,
          max_count_of_uses: -1,
        }),
      },
    ]);
  });

  it('contains the other fields of the draft', () => {
    const { result, requests } = talk(create({ maxUses: '1', description: 'for CI', clientId: 'c-1' }), made());
    assert.deepEqual(bodyOf(requests[0]), {
      token_display_name: 'ci-server',
      token_description: 'for CI',
      access_token_ttl: 30,
      api_token_ttl: 129_600,
      max_count_of_uses: 1,
      client_id: 'c-1',
    });
    assert.equal(result.singleUse, true);
  });

  it('expires as requested, if the broker does not report it', () => {
    assert.equal(talk(create({ apiTtl: '2d' }), made()).result.token.endsAt, SENT_AT + 2 * 24 * 3600 * 1000);
  });

  it('is kept without an ID', () => {
    assert.deepEqual(talk(create(), made({ id: undefined })).result.token.id, '');
  });

  tellsRefusals(create, [ACCESS], CODES, [
    { when: 'a conflict', response: answer(409, {}), code: 'name-taken' },
    {
      when: 'a token without a value',
      response: made({ token: undefined }),
      code: 'creation-half-done',
      facts: { id: 'a-1', name: 'ci-server' },
    },
    { when: 'nothing', response: answered(201, {}), code: 'creation-uncertain', facts: { name: 'ci-server' } },
    { when: 'truncated JSON', response: answered(201, '{"id":'), code: 'creation-uncertain', facts: { name: 'ci-server' } },
  ]);

  judges(tokens.createFields, [
    ['name', long(2), /3 to 255/],
    ['name', long(3), undefined],
    ['name', long(255), undefined],
    ['name', long(256), /3 to 255/],
    ['description', long(4000), undefined],
    ['description', long(4001), /1 to 4000/],
    ['apiTtl', '0min', /one minute/],
    ['apiTtl', '1min', undefined],
    ['apiTtl', '365d', undefined],
    ['apiTtl', 'long', /duration/],
    ['accessTtl', '0 h', /one minute/],
    ['accessTtl', '480min', undefined],
    ['clientId', long(257), /1 to 256/],
  ]);

  it('defaults to 90 days, 30 minutes and any number of uses', () => {
    const initial = Object.fromEntries((tokens.createFields ?? []).map((field) => [field.key, field.initial?.(SENT_AT)]));
    assert.deepEqual([initial['apiTtl'], initial['accessTtl'], initial['maxUses']], ['90d', '30min', '-1']);
  });
});

describe('Identity Services: the list', () => {
  const list = () => tokens.list!(tenant, session);
  const items = (count: number, from = 0) => Array.from({ length: count }, (_, index) => ({ id: `a-${from + index}` }));

  it('is sorted by expiry, and paged by entries', () => {
    const { result, requests } = talk(list(), answered(200, { items: items(20) }), answered(200, { items: items(1, 20) }));
    assert.equal(result.length, 21);
    assert.deepEqual(requests[0], {
      method: 'POST',
      url: `${URL_OF_TOKENS}/search?startIndex=1&pageSize=20`,
      headers: headers('search.request', 'search.summary.list'),
      body: '{"sort_by":"expiration_date","sort_order":"asc"}',
    });
    assert.equal(requests[1]?.url, `${URL_OF_TOKENS}/search?startIndex=21&pageSize=20`);
  });

  it('contains all properties of a token, but only the last characters of its value', () => {
    const entry = {
      id: 'a-1',
      token_display_name: 'ci',
      token_type: 'API',
      token_sub_type: 'USER',
      principal_name: 'ada@example.com',
      token_description: 'for CI',
      created_date: '2029-01-01T00:00:00Z',
      last_access_time: String(SENT_AT - 1000),
      expiration_date: '2030-06-01T00:00:00Z',
      access_token_ttl: 30,
      token_suffix: SECRET,
      token_status: 'ACTIVE',
      roles: [{ display: 'Administrator', value: 'admin' }, { value: 'reader' }, {}],
    };
    assert.deepEqual(talk(list(), answered(200, { items: [entry, { token_display_name: 'no ID' }] })).result, [
      {
        id: 'a-1',
        name: 'ci',
        state: 'active',
        type: 'USER',
        owner: 'ada@example.com',
        description: 'for CI',
        createdAt: Date.UTC(2029, 0, 1),
        lastUsedAt: SENT_AT - 1000,
        endsAt: Date.UTC(2030, 5, 1),
        roles: ['Administrator', 'reader'],
        suffix: SECRET.slice(-6),
        accessLifetimeSeconds: 1800,
      },
    ]);
  });

  const states: readonly (readonly [token_status: string | undefined, expiration_date: string | undefined, state: string])[] = [
    ['ACTIVE', '2030-01-02', 'active'],
    ['active', undefined, 'active'],
    ['ACTIVE', '2029-12-31', 'ended'],
    [undefined, '2029-12-31', 'ended'],
    ['EXPIRED', undefined, 'ended'],
    ['REVOKED', '2030-01-02', 'revoked'],
    ['INACTIVE', '2030-01-02', 'revoked'],
  ];
  for (const [token_status, expiration_date, state] of states)
    it(`takes ${token_status} until ${expiration_date} for ${state}`, () => {
      const { result } = talk(list(), answered(200, { items: [{ id: 'a', token_status, expiration_date }] }));
      assert.equal(result[0]?.state, state);
    });

  tellsRefusals(list, [ACCESS], CODES);
});

describe('Identity Services: a change', () => {
  const update = (draft: Record<string, string> = { name: 'new' }) => tokens.update!(tenant, session, 'a/1', draft);

  it('contains the changed fields', () => {
    const { requests } = talk(update({ name: 'new', description: 'x', accessTtl: '1 h' }), answered(200, {}));
    assert.deepEqual(requests, [
      {
        method: 'PATCH',
        url: `${URL_OF_TOKENS}/a%2F1`,
        headers: headers('patch.request', 'patch.response'),
        body: '{"token_display_name":"new","token_description":"x","access_token_ttl":60}',
      },
    ]);
    assert.deepEqual(bodyOf(talk(update(), answered(200, {})).requests[0]), { token_display_name: 'new' });
  });

  it('starts from the present values', () => {
    const token = { id: 'a', name: 'ci', state: 'active', description: 'x', accessLifetimeSeconds: 5400 } as const;
    assert.deepEqual(tokens.formOf!(token), { name: 'ci', description: 'x', accessTtl: '1h 30min' });
    assert.deepEqual(tokens.formOf!({ id: 'a', name: 'ci', state: 'active' }), { name: 'ci' });
  });

  tellsRefusals(update, [ACCESS], { ...CODES, 404: 'token-gone' });
});

describe('Identity Services: a new value', () => {
  const NEW = SECRET.replace('vidb_', 'vidb_NEW');
  const regenerate = () => tokens.regenerate!(tenant, session, { apiToken: SECRET });

  it('replaces the one that is sent', () => {
    const { result, requests } = talk(regenerate(), answered(200, { id: 'a-1', token: NEW, token_display_name: 'ci' }));
    assert.deepEqual(result, { secret: { apiToken: NEW }, token: { id: 'a-1', name: 'ci', state: 'active' } });
    assert.deepEqual(requests, [
      {
        method: 'POST',
        url: `${URL_OF_TOKENS}/regenerate`,
        headers: headers('regenerate.request', 'regenerate.response'),
        body: JSON.stringify({ api_token: SECRET }),
      },
    ]);
  });

  it('is kept whatever else the answer omits', () => {
    const { result } = talk(regenerate(), answered(200, { token: NEW, max_count_of_uses: 1 }));
    assert.deepEqual(result, { secret: { apiToken: NEW }, token: { id: '', name: '', state: 'active' }, singleUse: true });
  });

  tellsRefusals(regenerate, [ACCESS, SECRET], { ...CODES, 404: 'token-gone' }, [
    { when: '400', response: answer(400, { error: 'invalid_token', error_description: SECRET }), code: 'api-token-refused' },
    { when: 'an answer without a value', response: answered(200, {}), code: 'regeneration-uncertain' },
    { when: 'a truncated answer', response: answered(200, '{"token":"vidb'), code: 'regeneration-uncertain' },
  ]);
});

describe('Identity Services: what it cannot do', () => {
  it('is not offered', () => {
    for (const act of ['revoke', 'inspect', 'revokeByValue', 'logIn']) assert.ok(!(act in tokens), act);
  });
});
