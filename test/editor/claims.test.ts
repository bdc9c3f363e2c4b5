import assert from 'node:assert/strict';
import { subjectOf } from '../../src/editor/claims.js';
import { jwt } from './support/known.js';

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

  it('is not known of an opaque token', () => {
    assert.deepEqual(subjectOf('EXAMPLE-opaque'), { user: [], organization: [] });
  });
});
