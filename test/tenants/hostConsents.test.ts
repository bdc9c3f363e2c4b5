import assert from 'node:assert/strict';
import { HostConsents, type Destination } from '../../src/tenants/hostConsents.js';
import { readTenants } from '../../src/tenants/tenants.js';

const [acme, other] = readTenants(
  ['acme', 'other'].map((id) => ({
    id,
    name: id,
    platform: 'cloud-director',
    url: `https://${id}.example`,
    organization: id,
    hosts: ['api.example:8443'],
  })),
).map(({ tenant }) => tenant);
const host = (name: string): Destination => ({ host: name, label: name, key: name });
const untold = (file: string): Destination => ({ host: undefined, label: '{{base}}', key: `${file} {{base}}` });

describe('HostConsents', () => {
  it('allows a tenant’s own hosts, and no others', () => {
    const consents = new HostConsents();
    assert.ok(acme && other);
    assert.equal(consents.allows(acme, host('acme.example')), true);
    assert.equal(consents.allows(acme, host('api.example:8443')), true);
    for (const name of ['other.example', 'api.example', 'acme.example:80', 'acme.example.evil.example'])
      assert.equal(consents.allows(acme, host(name)), false, name);
    assert.equal(consents.allows(acme, untold('file:///a.http')), false);
  });

  it('allows a destination after consent, for this tenant only', () => {
    const consents = new HostConsents();
    assert.ok(acme && other);
    let fired = 0;
    consents.onDidChange(() => fired++);
    consents.give(acme, [host('elsewhere.example'), untold('file:///a.http')]);
    assert.equal(fired, 1);
    assert.equal(consents.allows(acme, host('elsewhere.example')), true);
    assert.equal(consents.allows(acme, untold('file:///a.http')), true);
    assert.equal(consents.allows(acme, untold('file:///b.http')), false);
    assert.equal(consents.allows(other, host('elsewhere.example')), false);
  });

  it('drops a consent when the tenant with this id has another address, because it is another tenant', () => {
    const consents = new HostConsents();
    assert.ok(acme);
    const moved = { ...acme, url: 'https://moved.example' };
    consents.give(acme, [host('elsewhere.example')]);
    assert.equal(consents.allows({ ...acme, name: 'Renamed' }, host('elsewhere.example')), true);
    assert.equal(consents.allows(moved, host('elsewhere.example')), false);
  });
});
