import assert from 'node:assert/strict';
import { shownClaims, subjectOf } from '../../src/platforms/claims.js';
import { jwt } from '../editor/support/known.js';

describe('Who an access token is for', () => {
  const cases: readonly (readonly [what: string, claims: Record<string, unknown>, user: string[], organization: string[]])[] = [
    ['Cloud Director', { sub: 'ada', org: 'acme', iss: 'a@b', exp: 1 }, ['ada'], ['acme']],
    ['Cloud Services', { sub: 'x:1', username: 'ada', acct: 'ada', context_name: 'org-1' }, ['ada', 'x:1'], ['org-1']],
    ['Cloud Services on-premises', { user_name: 'ada', scope: ['a'] }, ['ada'], []],
    ['Identity Services', { sub: 'ada', acct: 'ada@example.com', tenant: 'CUSTOMER' }, ['ada@example.com', 'ada'], ['CUSTOMER']],
    ['OpenID Connect', { sub: '1', preferred_username: 'ada', email: 'a@example.com' }, ['ada', 'a@example.com'], []],
    ['Entra ID', { upn: 'ada@example.com', tid: 'guid', name: 'Ada' }, ['ada@example.com', 'Ada'], ['guid']],
    ['a client', { client_id: 'billing', sub: 'billing' }, ['billing'], []],
    ['claims that are no texts', { sub: 7, org: { id: 'x' }, name: '' }, [], []],
    ['a claim without end', { sub: 'a'.repeat(500) }, [`${'a'.repeat(80)}…`], []],
  ];
  for (const [what, claims, user, organization] of cases)
    it(what, () => {
      assert.deepEqual(subjectOf(jwt(claims)), { user, organization });
    });

  it('is unknown for an opaque token', () => {
    assert.deepEqual(subjectOf('EXAMPLE-opaque'), { user: [], organization: [] });
  });
});

describe('The claims of an access token', () => {
  it('are grouped by meaning', () => {
    const claims = {
      iss: 'https://id.example',
      sub: 'ada',
      username: 'ada@example.com',
      context_name: 'org-1',
      roles: ['admin', { name: 'auditor' }],
      perms: ['csp:org_owner'],
      scope: 'openid groups',
      iat: 1_767_225_600,
      exp: 1_767_229_200,
      nonce: 'n',
      amr: ['pwd', 'otp'],
    };
    assert.deepEqual(shownClaims(claims), {
      user: ['ada@example.com', 'ada'],
      organization: ['org-1'],
      roles: ['admin', 'auditor', 'csp:org_owner'],
      scopes: ['openid', 'groups'],
      times: [
        { name: 'iat', at: Date.UTC(2026, 0, 1) },
        { name: 'exp', at: Date.UTC(2026, 0, 1, 1) },
      ],
      others: [
        { name: 'iss', value: 'https://id.example' },
        { name: 'nonce', value: 'n' },
        { name: 'amr', value: '["pwd","otp"]' },
      ],
    });
  });

  it('are shown without possible credentials, also nested ones', () => {
    const claims = { refresh_token: 'EXAMPLE-1', act: { sub: 'x', secret: 'EXAMPLE-2', list: [{ apiKey: 'EXAMPLE-3' }] } };
    const { others } = shownClaims({ ...claims, at_hash: 'h' });
    assert.deepEqual(others, [
      { name: 'refresh_token', value: undefined },
      { name: 'act', value: '{"sub":"x","secret":"…","list":[{"apiKey":"…"}]}' },
      { name: 'at_hash', value: 'h' },
    ]);
  });

  it('are shown even if malformed, and shortened if too long', () => {
    const { user, times, others } = shownClaims({ sub: 7, exp: 'soon', iat: 1e300, roles: {}, long: 'a'.repeat(500) });
    assert.deepEqual({ user, times }, { user: [], times: [] });
    assert.deepEqual(
      others.map(({ name, value }) => `${name} ${value}`),
      ['sub 7', 'exp soon', 'iat 1e+300', 'roles {}', `long ${'a'.repeat(200)}…`],
    );
  });
});
