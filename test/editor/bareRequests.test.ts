import assert from 'node:assert/strict';
import { bareRequests } from '../../src/editor/bareRequests.js';
import { findCredentials } from '../../src/editor/credentials.js';
import type { Tenant } from '../../src/platforms/tenant.js';
import { known, linesOf } from './support/known.js';

describe('Requests without headers', () => {
  /** The lines at which headers are offered, with the tenants whose they may be. */
  async function offered(text: string, isOffered: (tenant: Tenant) => boolean = () => true) {
    const parts = await known();
    const tenants = parts.tenants.all.filter(isOffered);
    const lines = linesOf(text);
    const credentials = findCredentials(lines, 'httpyac', false, parts);
    return bareRequests(lines, 'httpyac', false, tenants, credentials).map(({ line, tenants: fitting }) => [
      line,
      fitting.map(({ name }) => name).join(),
    ]);
  }

  it('are found where they go to the host of a tenant', async () => {
    assert.deepEqual(await offered('GET https://acme.example/api\n\n###\nGET https://other.example\n'), [[0, 'Acme']]);
    assert.deepEqual(await offered('@host = https://backup.example\nGET {{host}}/api'), [[1, 'Backup']]);
  });

  it('are not those with a credential, whosever it is', async () => {
    for (const header of [
      'Authorization: Bearer {{$processEnv TENANT_TOKEN_ACME}}',
      'Authorization: Basic ada secret',
      'authorization: {{mine}}',
    ])
      assert.deepEqual(await offered(`GET https://acme.example/api\n${header}\n`), [], header);
    assert.deepEqual(await offered('GET https://acme.example/api\nAccept: */*\n'), [[0, 'Acme']]);
  });

  it('are not those of a tenant without API tokens, nor those whose host is not known', async () => {
    const text = 'GET https://acme.example/api';
    assert.deepEqual(await offered(text, ({ name }) => name !== 'Acme'), []);
    assert.deepEqual(await offered('GET {{unknown}}/api'), []);
  });
});
