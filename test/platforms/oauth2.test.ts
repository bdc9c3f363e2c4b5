import assert from 'node:assert/strict';
import { oauth2 } from '../../src/platforms/oauth2/platform.js';
import { answer, FORM, htmlAnswer, readsAnswers, SENT_AT, validatesTenants } from './table.js';

const secret = { refreshToken: 'EXAMPLE-refresh-1', clientSecret: 'EXAMPLE-client-secret' };
const base = { id: 'other', name: 'Billing API', platform: 'oauth2', tokenUrl: 'https://id.example.com/oauth2/token' } as const;
const refreshing = { ...base, grant: 'refresh_token', clientId: 'billing' } as const;
const client = { ...base, grant: 'client_credentials', clientId: 'billing', scope: 'invoices' } as const;
const BASIC = `Basic ${Buffer.from('billing:EXAMPLE-client-secret').toString('base64')}`;

describe('OAuth 2.0: request of an exchange', () => {
  const refresh = 'grant_type=refresh_token&refresh_token=EXAMPLE-refresh-1';
  for (const [name, tenant, authorization, body] of [
    ['client credentials, Basic by default', client, BASIC, 'grant_type=client_credentials&scope=invoices'],
    [
      'client credentials, Basic',
      { ...client, clientAuthentication: 'basic' },
      BASIC,
      'grant_type=client_credentials&scope=invoices',
    ],
    [
      'client credentials, POST',
      { ...client, clientAuthentication: 'post' },
      undefined,
      'grant_type=client_credentials&scope=invoices&client_id=billing&client_secret=EXAMPLE-client-secret',
    ],
    [
      'client credentials with extra parameters',
      { ...client, scope: undefined, parameters: { audience: 'https://api.example/?a=1&b', resource: 'x' } },
      BASIC,
      'grant_type=client_credentials&audience=https%3A%2F%2Fapi.example%2F%3Fa%3D1%26b&resource=x',
    ],
    ['a refresh token, Basic by default', refreshing, BASIC, refresh],
    ['a refresh token with a scope', { ...refreshing, scope: 'a b' }, BASIC, `${refresh}&scope=a+b`],
    [
      'a refresh token, POST',
      { ...refreshing, clientAuthentication: 'post' },
      undefined,
      `${refresh}&client_id=billing&client_secret=EXAMPLE-client-secret`,
    ],
    [
      'a refresh token of a public client',
      { ...refreshing, clientAuthentication: 'none' },
      undefined,
      `${refresh}&client_id=billing`,
    ],
    ['a refresh token without a client', { ...refreshing, clientId: undefined }, undefined, refresh],
  ] as const)
    it(`is ${name}`, () => {
      assert.deepEqual(oauth2.exchange(tenant, secret), {
        method: 'POST',
        url: 'https://id.example.com/oauth2/token',
        headers: authorization === undefined ? FORM : { ...FORM, authorization },
        body,
      });
    });

  it('encodes both parts of Basic before joining them', () => {
    const { headers } = oauth2.exchange({ ...client, clientId: 'a:b' }, { ...secret, clientSecret: 'c d%é' });
    const joined = Buffer.from(String(headers['authorization']).replace('Basic ', ''), 'base64').toString('utf8');
    assert.equal(joined, 'a%3Ab:c+d%25%C3%A9');
  });

  it('keeps the path and query-like parts of the token endpoint unchanged', () => {
    assert.equal(
      oauth2.exchangeUrl({ ...client, tokenUrl: 'https://id.example.com/a%2Fb/token/' }),
      'https://id.example.com/a%2Fb/token/',
    );
  });
});

describe('OAuth 2.0: answer to a refresh', () => {
  const good = { access_token: 'EXAMPLE-1', token_type: 'Bearer', expires_in: 900, scope: 'invoices' };
  const expected = { accessToken: 'EXAMPLE-1', expiresAt: SENT_AT + 900_000, scope: 'invoices' };
  readsAnswers(oauth2, refreshing, secret, [
    { when: 'a token', response: answer(200, good), gives: expected },
    {
      when: 'a rotated refresh token, with the same client secret',
      response: answer(200, { ...good, refresh_token: 'EXAMPLE-refresh-2' }),
      gives: { ...expected, rotated: { ...secret, refreshToken: 'EXAMPLE-refresh-2' } },
    },
    { when: 'the same refresh token', response: answer(200, { ...good, refresh_token: secret.refreshToken }), gives: expected },
    { when: 'refresh_token null', response: answer(200, { ...good, refresh_token: null }), gives: expected },
    {
      when: 'the expiry of the refresh token',
      response: answer(200, { ...good, refresh_token_expires_in: 2_592_000 }),
      gives: { ...expected, apiTokenExpiresAt: SENT_AT + 2_592_000_000 },
    },
    {
      when: 'a refresh token that is a number',
      response: answer(200, { ...good, refresh_token: 1 }),
      fails: 'unexpected-answer',
    },
    {
      when: 'a token without a type, and names the setting that allows it',
      response: answer(200, { ...good, token_type: undefined }),
      fails: 'unexpected-answer',
      facts: { reason: 'token_type is missing; "tokenType": "optional" allows that' },
    },
    {
      when: 'the word null as a refresh token, which replaces nothing',
      response: answer(200, { ...good, refresh_token: 'null' }),
      gives: expected,
    },
    { when: 'a token of another type', response: answer(200, { ...good, token_type: 'DPoP' }), fails: 'unexpected-answer' },
    {
      when: 'invalid_grant',
      response: answer(400, { error: 'invalid_grant', error_description: 'used before' }),
      fails: 'api-token-refused',
      facts: { reason: 'invalid_grant', detail: 'used before' },
    },
    { when: 'invalid_grant with 401', response: answer(401, { error: 'invalid_grant' }), fails: 'api-token-refused' },
    { when: 'invalid_grant with 403', response: answer(403, { error: 'invalid_grant' }), fails: 'api-token-refused' },
    { when: 'invalid_client', response: answer(401, { error: 'invalid_client' }), fails: 'client-refused' },
    { when: 'unauthorized_client', response: answer(400, { error: 'unauthorized_client' }), fails: 'client-refused' },
    {
      when: 'invalid_scope',
      response: answer(400, { error: 'invalid_scope' }),
      fails: 'request-refused',
      facts: { reason: 'invalid_scope' },
    },
    { when: 'invalid_request', response: answer(400, { error: 'invalid_request' }), fails: 'request-refused' },
    { when: 'unsupported_grant_type', response: answer(400, { error: 'unsupported_grant_type' }), fails: 'request-refused' },
    { when: 'an unknown code', response: answer(400, { error: 'odd' }), fails: 'request-refused', facts: { reason: 'odd' } },
    { when: 'temporarily_unavailable', response: answer(503, { error: 'temporarily_unavailable' }), fails: 'service-failed' },
    { when: 'a login page', response: htmlAnswer(200), fails: 'web-page' },
  ]);
});

describe('OAuth 2.0: answer from a service that may omit the token type', () => {
  const body = { access_token: 'EXAMPLE-1', expires_in: 900 };
  readsAnswers(oauth2, { ...refreshing, tokenType: 'optional' }, secret, [
    {
      when: 'a token without a type',
      response: answer(200, body),
      gives: { accessToken: 'EXAMPLE-1', expiresAt: SENT_AT + 900_000, remarks: ['token-type-missing'] },
    },
    {
      when: 'a token with its type',
      response: answer(200, { ...body, token_type: 'Bearer' }),
      gives: { accessToken: 'EXAMPLE-1', expiresAt: SENT_AT + 900_000 },
    },
    { when: 'a token of another type', response: answer(200, { ...body, token_type: 'mac' }), fails: 'unexpected-answer' },
  ]);
});

describe('OAuth 2.0: a refresh token that comes with an answer', () => {
  for (const [name, body, expected] of [
    ['takes the place of the old one', {}, { ...secret, refreshToken: 'EXAMPLE-refresh-2' }],
    ['also where the access token cannot be used', { access_token: '{{x}}' }, { ...secret, refreshToken: 'EXAMPLE-refresh-2' }],
    ['takes no place beside an error, which says that nothing was done', { error: 'invalid_grant' }, undefined],
    ['takes no place beside an error that is an object', { error: { code: 1 } }, undefined],
  ] as const)
    it(name, () => {
      const whole = { access_token: 'EXAMPLE-1', token_type: 'Bearer', refresh_token: 'EXAMPLE-refresh-2', ...body };
      assert.deepEqual(oauth2.readRotated?.(answer(200, whole), refreshing, secret), expected);
    });
});

describe('OAuth 2.0: answer to client credentials', () => {
  readsAnswers(oauth2, client, { refreshToken: 'EXAMPLE-unused', clientSecret: 'EXAMPLE-client-secret' }, [
    {
      when: 'an unrequested refresh token (RFC 6749 §4.4.3), which is ignored',
      response: answer(200, { access_token: 'EXAMPLE-1', token_type: 'bearer', expires_in: 60, refresh_token: 'EXAMPLE-r' }),
      gives: { accessToken: 'EXAMPLE-1', expiresAt: SENT_AT + 60_000 },
    },
    {
      when: 'the lifetime of a refresh token, which is not that of the client secret',
      response: answer(200, { access_token: 'EXAMPLE-1', token_type: 'bearer', expires_in: 60, refresh_token_expires_in: 9 }),
      gives: { accessToken: 'EXAMPLE-1', expiresAt: SENT_AT + 60_000 },
    },
  ]);
});

describe('OAuth 2.0: headers', () => {
  for (const [header, style, expected] of [
    [undefined, 'bearer', { name: 'Authorization', value: 'Bearer EXAMPLE' }],
    ['X-Api-Key: {token}', 'template', { name: 'X-Api-Key', value: 'EXAMPLE' }],
    ['Authorization: Token token="{token}"', 'template', { name: 'Authorization', value: 'Token token="EXAMPLE"' }],
    ['X-Api-Key: {token}', 'bearer', { name: 'Authorization', value: 'Bearer EXAMPLE' }],
  ] as const)
    it(`are ${expected.name}: ${expected.value} for ${header ?? 'no template'} in style ${style}`, () => {
      assert.deepEqual(oauth2.headers({ ...client, header }, 'EXAMPLE', style, {}), [expected]);
    });

  it('put a token into the template unchanged', () => {
    const header = 'X-Api-Key: a $& {token}';
    assert.equal(oauth2.headers({ ...client, header }, 'E$&$1', 'template', {})[0]?.value, 'a $& E$&$1');
  });

  it('use the template by default if there is one', () => {
    assert.equal(oauth2.defaultHeaderStyle(client), 'bearer');
    assert.equal(oauth2.defaultHeaderStyle({ ...client, header: 'X-Api-Key: {token}' }), 'template');
  });
});

describe('OAuth 2.0: tenant', () => {
  it('asks for the secrets that its grant and client authentication need', () => {
    const keys = (tenant: Parameters<typeof oauth2.secretFields>[0]) => oauth2.secretFields(tenant).map(({ key }) => key);
    assert.deepEqual(keys(refreshing), ['refreshToken', 'clientSecret']);
    assert.deepEqual(keys({ ...refreshing, clientAuthentication: 'post' }), ['refreshToken', 'clientSecret']);
    assert.deepEqual(keys({ ...refreshing, clientAuthentication: 'none' }), ['refreshToken']);
    assert.deepEqual(keys(client), ['clientSecret']);
    assert.equal(oauth2.rotation, 'sometimes');
  });

  validatesTenants(oauth2, client, [
    [{}, undefined],
    [{ grant: 'refresh_token', clientId: undefined, clientAuthentication: 'none' }, undefined],
    [{ parameters: { audience: 'x' }, header: 'X-Api-Key: {token}', headers: 'template' }, undefined],
    [{ grant: 'password' }, 'grant'],
    [{ clientId: undefined }, 'clientId'],
    [{ clientAuthentication: 'none' }, 'clientAuthentication'],
    [{ tokenType: 'optional' }, undefined],
    [{ tokenType: 'required' }, undefined],
    [{ tokenType: false }, 'tokenType'],
    [{ clientAuthentication: 'mtls' }, 'clientAuthentication'],
    [{ tokenUrl: 'http://id.example.com/token' }, 'tokenUrl'],
    [{ parameters: { grant_type: 'password' } }, 'parameters'],
    [{ parameters: { refresh_token: 'x' } }, 'parameters'],
    [{ parameters: { client_secret: 'x' } }, 'parameters'],
    [{ header: 'X-Api-Key' }, 'header'],
    [{ header: 'X-Api-Key: {{token}}' }, 'header'],
    [{ header: "X-Api-Key: {{require('os')}}{token}" }, 'header'],
    [{ header: 'X-Api-Key: {token} {token}' }, 'header'],
    [{ header: 'X-Api-Key: {token}\r\nX-Injected: 1' }, 'header'],
    [{ header: 'X Api Key: {token}' }, 'header'],
    [{ headers: 'template' }, 'headers'],
  ]);
});
