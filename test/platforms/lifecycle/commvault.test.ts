import assert from 'node:assert/strict';
import { commvaultTokens as tokens } from '../../../src/platforms/commvault/lifecycle.js';
import { dayOf } from '../../../src/platforms/tokenForm.js';
import { answer, SENT_AT, SENT_AT_SECONDS } from '../table.js';
import { asked, bodyOf, judges, long, refusedTalk, talk, tellsRefusals } from './talk.js';

const BASE = 'https://cc.example.com/commandcenter/api';
const tenant = { id: 'backup', name: 'Backup', platform: 'commvault', url: BASE } as const;
const PASSWORD = 'EXAMPLE-password-0123456789';
const ENCODED = Buffer.from(PASSWORD).toString('base64');
const TOKEN = 'EXAMPLEsession0123456789';
const credentials = { user: 'ada', password: PASSWORD };
const session = { headers: { authtoken: `QSDK ${TOKEN}` }, secrets: [TOKEN], userId: '12' };
const ACCEPT = { accept: 'application/json', ...session.headers };
const JSON_HEADERS = { ...ACCEPT, 'content-type': 'application/json' };
const CODES = { 401: 'session-refused', 403: 'rights-missing', 404: 'token-api-missing' } as const;
const DAY_S = 24 * 3600;
const DAY_MS = DAY_S * 1000;

describe('Commvault: a login', () => {
  const logIn = (user = 'ada') => tokens.logIn!(tenant, { user, password: PASSWORD });

  it('sends the password in Base64', () => {
    const { result, requests } = talk(logIn(), answer(200, { token: `QSDK ${TOKEN}`, userId: 12 }));
    assert.deepEqual(result, session);
    assert.deepEqual(requests, [
      {
        method: 'POST',
        url: `${BASE}/Login`,
        headers: { accept: 'application/json', 'content-type': 'application/json' },
        body: JSON.stringify({ username: 'ada', password: ENCODED }),
      },
    ]);
  });

  it('may name a domain', () => {
    const { requests } = talk(logIn('corp\\ada'), answer(200, { token: `QSDK ${TOKEN}` }));
    assert.deepEqual(bodyOf(requests[0]), { username: 'ada', password: ENCODED, domain: 'corp' });
  });

  it('names the account where the tenant has one, in the login and in all that follows', () => {
    const { result, requests } = talk(
      tokens.logIn!({ ...tenant, lhAccountId: 'acme' }, credentials),
      answer(200, { token: `QSDK ${TOKEN}`, userId: 12 }),
    );
    assert.equal(requests[0]?.headers['lhAccountId'], 'acme');
    assert.deepEqual(result, { ...session, headers: { ...session.headers, lhAccountId: 'acme' } });
  });

  const shapes: readonly (readonly [when: string, body: object, result: object])[] = [
    ['a token without its kind', { token: TOKEN }, { headers: session.headers, secrets: [TOKEN] }],
    ['a token of another kind', { token: `SAML ${TOKEN}` }, { headers: { authtoken: `SAML ${TOKEN}` }, secrets: [TOKEN] }],
    [
      'a token of SaaS',
      { data: { authToken: TOKEN, user: { userId: 7 } } },
      { headers: { authorization: `Bearer ${TOKEN}` }, secrets: [TOKEN], userId: '7' },
    ],
  ];
  for (const [when, body, result] of shapes)
    it(`takes ${when}`, () => assert.deepEqual(talk(logIn(), answer(200, body)).result, result));

  tellsRefusals(() => tokens.logIn!(tenant, credentials), [PASSWORD, ENCODED], { ...CODES, 401: 'login-refused' }, [
    {
      when: 'a list of errors',
      response: answer(200, { errList: [{ errorCode: 5, errLogMessage: `Wrong ${PASSWORD} ${ENCODED}` }] }),
      code: 'login-refused',
      facts: { reason: '5', detail: 'Wrong … …' },
    },
    { when: 'an error beside a token', response: answer(200, { errorCode: 1, token: TOKEN }), code: 'login-refused' },
    { when: 'no token', response: answer(200, { userId: 12 }), code: 'login-refused' },
    { when: 'an empty token', response: answer(200, { token: '' }), code: 'login-refused' },
    { when: 'a token that is code', response: answer(200, { token: 'QSDK {{x}}' }), code: 'access-token-unsafe' },
    { when: 'the password as a token', response: answer(200, { token: PASSWORD }), code: 'unexpected-answer' },
  ]);

  it('is ended', () => {
    assert.deepEqual(tokens.logOut!(tenant, session), { method: 'POST', url: `${BASE}/Logout`, headers: ACCEPT });
  });
});

describe('Commvault: a new access token', () => {
  const info = {
    accessTokenId: 4711,
    tokenName: 'laptop',
    userId: 12,
    accessToken: 'EXAMPLE-access-1',
    refreshToken: 'EXAMPLE-refresh-1',
    tokenExpiryTimestamp: SENT_AT_SECONDS + 1800,
    refreshTokenExpiryTimestamp: SENT_AT_SECONDS + 14 * DAY_S,
    renewableUntilTimestamp: SENT_AT_SECONDS + 90 * DAY_S,
  };
  const made = (over = {}) => answer(200, { error: { errorMessage: '', errorCode: 0 }, tokenInfo: { ...info, ...over } });
  const create = (draft: Record<string, string> = {}) =>
    tokens.create!(tenant, session, { name: 'laptop', type: 'ALL', ...draft });
  const bodyFor = (draft: Record<string, string>) => bodyOf(talk(create(draft), made()).requests[0]);

  it('is a pair, and an access token at once', () => {
    const { result, requests } = talk(create({ renewableUntil: '2030-03-31' }), made());
    assert.deepEqual(result, {
      secret: { accessToken: 'EXAMPLE-access-1', refreshToken: 'EXAMPLE-refresh-1' },
      token: { id: '4711', name: 'laptop', state: 'active', type: 'ALL', endsAt: SENT_AT + 90 * DAY_MS },
      access: { token: 'EXAMPLE-access-1', expiresAt: SENT_AT + 1_800_000 },
      exchangeBy: SENT_AT + 14 * DAY_MS,
    });
    assert.deepEqual(requests, [
      {
        method: 'POST',
        url: `${BASE}/V4/AccessToken`,
        headers: JSON_HEADERS,
        body: JSON.stringify({
          tokenType: 'ALL',
          tokenName: 'laptop',
          renewableUntilTimestamp: Date.UTC(2030, 2, 31, 23, 59, 59) / 1000,
        }),
      },
    ]);
  });

  it('sends the fields of its type', () => {
    assert.deepEqual(bodyFor({}), { tokenType: 'ALL', tokenName: 'laptop' });
    assert.deepEqual(bodyFor({ type: 'CUSTOM', apiEndpoints: '/Client , /V4/ServerGroup' }), {
      tokenType: 'CUSTOM',
      tokenName: 'laptop',
      apiEndpoints: ['/Client', '/V4/ServerGroup'],
    });
    const tokenExpiryTimestamp = Date.UTC(2030, 0, 5, 23, 59, 59) / 1000;
    for (const [type, key] of [
      ['MS_SCIM', 'scimEnd'],
      ['OneTouch', 'oneTouchEnd'],
    ] as const)
      assert.deepEqual(bodyFor({ type, [key]: '2030-01-05' }), { tokenType: type, tokenName: 'laptop', tokenExpiryTimestamp });
  });

  it('that is not a pair is single-use', () => {
    const { result } = talk(create({ type: 'MS_SCIM' }), made({ refreshToken: undefined, renewableUntilTimestamp: 0 }));
    assert.deepEqual(result, {
      secret: { accessToken: 'EXAMPLE-access-1', refreshToken: '' },
      token: { id: '4711', name: 'laptop', state: 'active', type: 'MS_SCIM', endsAt: SENT_AT + 1_800_000 },
      access: { token: 'EXAMPLE-access-1', expiresAt: SENT_AT + 1_800_000 },
      singleUse: true,
    });
  });

  it('may have an unknown expiry', () => {
    const { result } = talk(
      create(),
      made({ tokenExpiryTimestamp: 0, renewableUntilTimestamp: 0, refreshTokenExpiryTimestamp: 0 }),
    );
    assert.deepEqual([result.access?.expiresAt, result.token.endsAt, result.exchangeBy], [null, undefined, undefined]);
  });

  tellsRefusals(create, [TOKEN], CODES, [
    {
      when: 'an error with status 200',
      response: answer(200, { error: { errorMessage: `Not with ${TOKEN.slice(-10)}`, errorCode: 587 } }),
      code: 'request-refused',
      facts: { reason: '587', detail: 'Not with …' },
    },
    {
      when: 'a name that is taken, with status 200',
      response: answer(200, { error: { errorMessage: 'Token name already exists', errorCode: 2 } }),
      code: 'name-taken',
    },
    { when: 'a flat error', response: answer(200, { errorMessage: 'no', errorCode: 1 }), code: 'request-refused' },
    { when: 'an unreadable success', response: answer(200, '{"tokenInfo":'), code: 'creation-uncertain' },
    { when: 'an empty success', response: answer(200, {}), code: 'creation-uncertain', facts: { name: 'laptop' } },
    {
      when: 'a success without a value',
      response: made({ accessToken: undefined }),
      code: 'creation-half-done',
      facts: { id: '4711', name: 'laptop', cause: 'unexpected-answer' },
    },
    {
      when: 'a value that is code',
      response: made({ accessToken: '{{x}}' }),
      code: 'creation-half-done',
      facts: { id: '4711', cause: 'access-token-unsafe' },
    },
  ]);

  it('is asked for by its type', () => {
    const keys = (type: string) => asked(tokens.createFields, { type }).slice(2);
    assert.deepEqual(keys('ALL'), ['renewableUntil']);
    assert.deepEqual(keys('CUSTOM'), ['renewableUntil', 'apiEndpoints']);
    assert.deepEqual(keys('MS_SCIM'), ['scimEnd']);
    assert.deepEqual(keys('OneTouch'), ['oneTouchEnd']);
    assert.deepEqual(keys('DEFAULT'), []);
  });

  it('of type CUSTOM needs endpoints', () => {
    const field = tokens.createFields?.find(({ key }) => key === 'apiEndpoints');
    assert.ok(field && !field.optional);
  });

  it('offers all types, and 90 days', () => {
    const [, type, until] = tokens.createFields ?? [];
    assert.deepEqual(
      new Set(type?.choices?.map(({ value }) => value)),
      new Set(['DEFAULT', 'MS_SCIM', 'ALL', 'CUSTOM', 'OneTouch']),
    );
    assert.equal(type?.initial?.(SENT_AT), 'ALL');
    assert.equal(until?.initial?.(SENT_AT), '2030-04-01');
  });

  judges(tokens.createFields, [
    ['name', 'x', undefined],
    ['name', long(129), /1 to 128/],
    ['renewableUntil', '2031-12-31', undefined],
    ['renewableUntil', '2029-12-31', /past/],
    ['renewableUntil', '2038-01-18', undefined],
    ['renewableUntil', '2038-01-19', /2038-01-18/],
    ['scimEnd', dayOf(SENT_AT + 364 * DAY_MS), undefined],
    ['scimEnd', dayOf(SENT_AT + 365 * DAY_MS), /365 days/],
    ['oneTouchEnd', dayOf(SENT_AT + 13 * DAY_MS), undefined],
    ['oneTouchEnd', dayOf(SENT_AT + 14 * DAY_MS), /14 days/],
    ['apiEndpoints', '/Client,/V4/ServerGroup', undefined],
    ['apiEndpoints', 'Client', /begin with/],
    ['apiEndpoints', '/Client,', /begin with/],
    ['apiEndpoints', '/Client /VM', /begin with/],
  ]);
});

describe('Commvault: the list', () => {
  const list = () => tokens.list!(tenant, session);
  const entry = { accessTokenId: 1, tokenName: 'laptop', tokenType: 2, renewableUntilTimestamp: SENT_AT_SECONDS + 60 };
  const token = { id: '1', name: 'laptop', state: 'active', type: 'ALL', endsAt: SENT_AT + 60_000 };

  for (const field of ['tokenInfo', 'tokens', 'accessTokens', 'accessTokenList'])
    it(`is found in ${field}`, () => {
      const { result, requests } = talk(list(), answer(200, { errorCode: 0, [field]: [entry, { tokenName: 'no ID' }] }));
      assert.deepEqual(result, [token]);
      assert.deepEqual(requests, [{ method: 'GET', url: `${BASE}/V4/AccessToken/?userId=12`, headers: ACCEPT }]);
    });

  it('contains a token once, because the tree cannot show two rows with one ID', () => {
    const { result } = talk(list(), answer(200, { tokens: [entry, entry] }));
    assert.equal(result.length, 1);
  });

  it('may be empty', () => assert.deepEqual(talk(list(), answer(200, {})).result, []));

  it('contains types, expiries and endpoints', () => {
    const tokensOf = (more: object) => talk(list(), answer(200, { tokens: [{ ...entry, ...more }] })).result[0];
    const expired = { tokenExpiryTimestamp: SENT_AT_SECONDS - 1 };
    assert.equal(tokensOf(expired)?.state, 'active', 'the expiry of its access token is not its own');
    assert.deepEqual(tokensOf({ ...expired, tokenType: 'MS_SCIM' }), {
      ...token,
      type: 'MS_SCIM',
      state: 'ended',
      endsAt: SENT_AT - 1000,
    });
    assert.equal(tokensOf({ tokenType: 4 })?.type, 'OneTouch');
    assert.equal(tokensOf({ tokenType: 9 })?.type, undefined);
    assert.deepEqual(tokensOf({ tokenType: 3, apiEndpoints: ['/Client'] }), { ...token, type: 'CUSTOM', scopes: ['/Client'] });
  });

  it('asks who has signed in, if the login did not return it', () => {
    const { userId: _, ...nameless } = session;
    for (const who of [{ user: { userId: 12 } }, { userId: '12' }]) {
      const { requests } = talk(tokens.list!(tenant, nameless), answer(200, who), answer(200, { tokens: [] }));
      assert.deepEqual(
        requests.map(({ url }) => url.slice(BASE.length)),
        ['/v2/WhoAmI', '/V4/AccessToken/?userId=12'],
      );
    }
    assert.equal(refusedTalk(tokens.list!(tenant, nameless), [TOKEN], answer(200, {})).code, 'unexpected-answer');
  });

  tellsRefusals(list, [TOKEN], CODES);
});

describe('Commvault: changes', () => {
  const update = (draft = {}) => tokens.update!(tenant, session, '4711', { name: 'new', ...draft });
  const revoke = () => tokens.revoke!(tenant, session, '4711');
  const done = answer(200, { errorMessage: '', errorCode: 0 });
  const no = {
    when: 'an error with status 200',
    response: answer(200, { errorMessage: 'no', errorCode: 1 }),
    code: 'request-refused',
  } as const;

  it('are those in the draft', () => {
    const { requests } = talk(update(), done);
    assert.deepEqual(requests, [
      { method: 'PUT', url: `${BASE}/V4/AccessToken/4711`, headers: JSON_HEADERS, body: '{"tokenName":"new"}' },
    ]);
    const { requests: more } = talk(update({ renewableUntil: '2030-01-05', apiEndpoints: '/VM' }), done);
    assert.deepEqual(bodyOf(more[0]), {
      tokenName: 'new',
      renewableUntilTimestamp: Date.UTC(2030, 0, 5, 23, 59, 59) / 1000,
      apiEndpoints: ['/VM'],
    });
  });

  it('start from the present values', () => {
    const token = { id: '1', name: 'x', state: 'active', type: 'CUSTOM', endsAt: SENT_AT, scopes: ['/VM', '/Client'] } as const;
    const draft = tokens.formOf!(token);
    assert.deepEqual(draft, { name: 'x', type: 'CUSTOM', renewableUntil: '2030-01-01', apiEndpoints: '/VM, /Client' });
    assert.deepEqual(asked(tokens.updateFields, draft), ['name', 'renewableUntil', 'apiEndpoints']);
  });

  it('include a revocation', () => {
    assert.deepEqual(talk(revoke(), done).requests, [{ method: 'DELETE', url: `${BASE}/V4/AccessToken/4711`, headers: ACCEPT }]);
  });

  tellsRefusals(update, [TOKEN], { ...CODES, 404: 'token-gone' }, [no]);
  tellsRefusals(revoke, [TOKEN], { ...CODES, 404: 'token-gone' }, [no]);
});
