import assert from 'node:assert/strict';
import { isAllowedHost, tenantHosts } from '../../src/tenants/hosts.js';
import { problemText, readTenants } from '../../src/tenants/tenants.js';

function at(url: string, ...hosts: readonly string[]) {
  const entry = { id: 'acme', name: 'Acme', platform: 'cloud-director', url, organization: 'acme', hosts };
  const [{ tenant, problems } = assert.fail()] = readTenants([entry]);
  return tenant ?? assert.fail(problemText(problems));
}

describe('tenantHosts', () => {
  it('adds the port for plain http, also after an IPv6 address', () => {
    assert.deepEqual(tenantHosts(at('https://a.example')), ['a.example']);
    assert.deepEqual(tenantHosts(at('https://a.example:8443')), ['a.example:8443']);
    assert.deepEqual(tenantHosts(at('http://localhost')), ['localhost:80']);
    assert.deepEqual(tenantHosts(at('http://localhost:8080')), ['localhost:8080']);
    assert.deepEqual(tenantHosts(at('http://[::1]')), ['[::1]:80']);
    assert.deepEqual(tenantHosts(at('http://[::1]:8080')), ['[::1]:8080']);
  });

  it('compares whole hosts and ignores case', () => {
    const tenant = at('https://a.example', 'API.example:8443');
    assert.equal(isAllowedHost(tenant, 'A.example'), true);
    assert.equal(isAllowedHost(tenant, 'api.example:8443'), true);
    for (const host of ['a.example:80', 'a.example.', 'api.example', 'x.a.example'])
      assert.equal(isAllowedHost(tenant, host), false, host);
  });
});
