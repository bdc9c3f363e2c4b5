import assert from 'node:assert/strict';
import { brightPattern } from '../../../src/platforms/brightPattern/platform.js';
import { cloudServices } from '../../../src/platforms/cloudServices/platform.js';
import { oauth2 } from '../../../src/platforms/oauth2/platform.js';
import type { OAuth2Tenant as Tenant } from '../../../src/platforms/oauth2/tenant.js';
import { answer, FORM, SENT_AT, SENT_AT_SECONDS, validatesTenants } from '../table.js';
import { talk, tellsRefusals } from './talk.js';

const TOKEN = 'EXAMPLEexampleEXAMPLEexample0123456789';

describe('Cloud Services: the details of an API token', () => {
  const tenant = { id: 'csp', name: 'Cloud', platform: 'cloud-services', url: 'https://console.cloud.vmware.com' } as const;
  const inspect = () => cloudServices.lifecycle!.inspect!(tenant, { apiToken: TOKEN })!;

  it('are requested without an authorization header', () => {
    const { requests } = talk(inspect(), answer(200, {}));
    assert.deepEqual(requests, [
      {
        method: 'POST',
        url: 'https://console.cloud.vmware.com/csp/gateway/am/api/auth/api-tokens/details',
        headers: { accept: 'application/json', 'content-type': 'application/json' },
        body: JSON.stringify({ tokenValue: TOKEN }),
      },
    ]);
  });

  const details = {
    tokenName: 'laptop',
    tokenId: 't-1',
    token: TOKEN,
    username: 'ada@example.com',
    scope: ['openid', 'customer_number'],
    allowedScopes: {
      generalScopes: ['openid'],
      organizationScopes: { roles: [{ name: 'org_member' }] },
      servicesScopes: [{ roles: ['reader', { name: 'org_member' }] }],
    },
    createdAt: SENT_AT_SECONDS - 100,
    lastUsedAt: SENT_AT_SECONDS - 10,
    expiresAt: SENT_AT_SECONDS + 100,
  };
  const reported = {
    id: 't-1',
    name: 'laptop',
    state: 'active',
    owner: 'ada@example.com',
    createdAt: SENT_AT - 100_000,
    lastUsedAt: SENT_AT - 10_000,
    endsAt: SENT_AT + 100_000,
    scopes: ['openid', 'customer_number'],
    roles: ['org_member', 'reader'],
  };

  it('are returned without the token itself', () => {
    const { result } = talk(inspect(), answer(200, details));
    assert.deepEqual(result, reported);
    assert.ok(!JSON.stringify(result).includes(TOKEN));
  });

  it('may have their times in milliseconds', () => {
    const times = { createdAt: SENT_AT - 100_000, lastUsedAt: SENT_AT - 10_000, expiresAt: SENT_AT + 100_000 };
    assert.deepEqual(talk(inspect(), answer(200, { ...details, ...times })).result, reported);
  });

  it('contain the expiry and a deactivation', () => {
    const tell = (more: object) => talk(inspect(), answer(200, { ...details, ...more })).result;
    assert.equal(tell({ deactivated: true }).state, 'revoked');
    assert.equal(tell({ expiresAt: SENT_AT_SECONDS }).state, 'ended');
    assert.equal(tell({ expiresAt: null }).endsAt, null);
    assert.ok(!('endsAt' in tell({ expiresAt: 0 })));
  });

  it('are unavailable on older sites', () => {
    assert.equal(cloudServices.lifecycle!.inspect!({ ...tenant, parameter: 'refresh_token' }, { apiToken: TOKEN }), undefined);
  });

  tellsRefusals(inspect, [TOKEN], { 401: 'api-token-refused', 403: 'forbidden', 404: 'token-gone' }, [
    { when: 'a conflict', response: answer(409, {}), code: 'token-gone' },
    {
      when: 'a token that is refused',
      response: answer(400, { moduleCode: 340, message: `invalid_grant: Invalid refresh token: ${TOKEN}` }),
      code: 'api-token-refused',
    },
  ]);
});

describe('OAuth 2.0: a refresh token at its server', () => {
  const tenant = {
    id: 'other',
    name: 'Billing',
    platform: 'oauth2',
    tokenUrl: 'https://id.example.com/oauth2/token',
    revocationUrl: 'https://id.example.com/oauth2/revoke',
    introspectionUrl: 'https://id.example.com/oauth2/introspect',
    grant: 'refresh_token',
    clientId: 'billing',
  } as const;
  const secret = { refreshToken: TOKEN, clientSecret: 'EXAMPLE-client-secret' };
  const basic = `Basic ${Buffer.from('billing:EXAMPLE-client-secret').toString('base64')}`;
  const inspect = (one: Tenant) => oauth2.lifecycle!.inspect!(one, secret);
  const revokeByValue = (one: Tenant) => oauth2.lifecycle!.revokeByValue!(one, secret);
  const body = `token=${TOKEN}&token_type_hint=refresh_token`;
  const CODES = { 401: 'api-token-refused', 403: 'forbidden', 404: 'token-api-missing' } as const;
  const invalidClient = {
    when: 'an unknown client',
    response: answer(401, { error: 'invalid_client' }),
    code: 'client-refused',
  } as const;

  it('is revoked (RFC 7009)', () => {
    const { requests } = talk(revokeByValue(tenant)!, answer(200, ''));
    assert.deepEqual(requests, [{ method: 'POST', url: tenant.revocationUrl, headers: { ...FORM, authorization: basic }, body }]);
  });

  it('is described (RFC 7662)', () => {
    const { result, requests } = talk(
      inspect(tenant)!,
      answer(200, {
        active: true,
        scope: 'invoices orders',
        client_id: 'billing',
        username: 'ada',
        iat: SENT_AT_SECONDS - 60,
        exp: SENT_AT_SECONDS + 60,
      }),
    );
    assert.deepEqual(result, {
      id: '',
      name: 'billing',
      state: 'active',
      owner: 'ada',
      createdAt: SENT_AT - 60_000,
      endsAt: SENT_AT + 60_000,
      scopes: ['invoices', 'orders'],
    });
    assert.deepEqual(requests, [
      { method: 'POST', url: tenant.introspectionUrl, headers: { ...FORM, authorization: basic }, body },
    ]);
  });

  it('may be inactive', () => {
    assert.deepEqual(talk(inspect(tenant)!, answer(200, { active: false })).result, {
      id: '',
      name: 'billing',
      state: 'ended',
    });
  });

  it('is inspected with the client authentication of the exchange', () => {
    const bodyFor = (over: object) => talk(revokeByValue({ ...tenant, ...over })!, answer(200, '')).requests[0]?.body;
    assert.equal(bodyFor({ clientAuthentication: 'post' }), `${body}&client_id=billing&client_secret=EXAMPLE-client-secret`);
    assert.equal(bodyFor({ clientAuthentication: 'none' }), `${body}&client_id=billing`);
    assert.equal(bodyFor({ clientId: undefined }), body);
  });

  it('cannot be inspected if the tenant has no endpoint, or client credentials', () => {
    const { revocationUrl: _, introspectionUrl: __, ...plain } = tenant;
    for (const other of [plain, { ...tenant, grant: 'client_credentials' as const }]) {
      assert.equal(inspect(other), undefined);
      assert.equal(revokeByValue(other), undefined);
    }
  });

  describe('and a refused revocation', () =>
    tellsRefusals(() => revokeByValue(tenant)!, Object.values(secret), CODES, [invalidClient]));
  describe('and a refused introspection', () =>
    tellsRefusals(() => inspect(tenant)!, Object.values(secret), CODES, [
      invalidClient,
      { when: 'no “active”', response: answer(200, {}), code: 'unexpected-answer' },
    ]));

  validatesTenants(oauth2, tenant, [
    [{}, undefined],
    [{ revocationUrl: undefined, introspectionUrl: undefined }, undefined],
    [{ revocationUrl: 'https://ID.example.com:443/revoke' }, undefined],
    [{ revocationUrl: 'https://other.example.com/revoke' }, 'revocationUrl'],
    [{ introspectionUrl: 'https://id.example.com:8443/introspect' }, 'introspectionUrl'],
    [{ introspectionUrl: 'http://id.example.com/introspect' }, 'introspectionUrl'],
    [{ revocationUrl: 'revoke' }, 'revocationUrl'],
    [{ tokenUrl: 'token' }, 'tokenUrl'],
  ]);
});

describe('Bright Pattern', () => {
  it('has no API for its API secrets', () => assert.equal(brightPattern.lifecycle, undefined));
});
