import assert from 'node:assert/strict';
import { readTarget } from '../../src/gateway/target.js';

describe('the target of a request to the gateway', () => {
  it('is a capability, a tenant, and the path and query at its service', () => {
    assert.deepEqual(readTarget('/cap_-1/acme/cloudapi/1.0.0/orgs?page=1&filter=a/../b'), {
      capability: 'cap_-1',
      tenant: 'acme',
      host: undefined,
      path: '/cloudapi/1.0.0/orgs?page=1&filter=a/../b',
    });
  });

  it('is the root of the service without a path', () => {
    assert.equal(readTarget('/cap/acme')?.path, '/');
    assert.equal(readTarget('/cap/acme?x=1')?.path, '/?x=1');
  });

  it('may name a further host of the tenant', () => {
    const { host, path, tenant } = readTarget('/cap/a%20b/~/api.example.com:8443/v1') ?? {};
    assert.deepEqual([host, path, tenant], ['api.example.com:8443', '/v1', 'a b']);
    assert.equal(readTarget('/cap/acme/~/api.example.com')?.path, '/');
  });

  it('keeps a path as the client wrote it', () => {
    for (const path of ['/a%20b', '/urn:vcloud:org:1', '/a;b=1', '//double', '/~', '/caf%C3%A9', '/..a/b..', '/x.../y'])
      assert.equal(readTarget(`/cap/acme${path}`)?.path, path, path);
  });

  for (const target of [
    'http://cloud.example.net/cap/acme/x',
    '*',
    'cloud.example.net:443',
    '/',
    '/cap',
    '/cap/',
    '/c%61p/acme/x',
    '/cap/acme/../other',
    '/cap/acme/./x',
    '/cap/acme/%2e%2e/other',
    '/cap/acme/.%2E/other',
    '/cap/acme/..',
    '/cap/../acme/x',
    '/cap/acme/a%2fb',
    '/cap/acme/a%2Fb',
    '/cap/acme/a%5cb',
    '/cap/acme/a\\b',
    '/cap/acme/a%00b',
    '/cap/acme/a%0d%0ab',
    '/cap/acme/a%7fb',
    '/cap/acme/a%zz',
    '/cap/acme/a%',
    '/cap/acme/%ff',
    '/cap/acme/é',
    '/cap/acme/a b',
    '/cap/acme/x#y',
    '/cap/acme/~/../x',
    '/cap/a%2fcme/x',
  ])
    it(`is refused as ${JSON.stringify(target)}`, () => {
      assert.equal(readTarget(target), undefined);
    });
});
