import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../src/base/errors.js';
import { platforms } from '../../src/platforms/index.js';
import { isAllowedHost } from '../../src/tenants/hosts.js';
import { problemText, readTenants, Tenants } from '../../src/tenants/tenants.js';

const acme = { id: 'acme', name: 'Acme', platform: 'cloud-director', url: 'https://cloud.example.net', organization: 'acme' };

/** The problem of one entry, as `field message`. */
function problemOf(changes: Record<string, unknown>): string | undefined {
  const [entry] = readTenants([{ ...acme, ...changes }]);
  return entry?.problems[0] && problemText(entry.problems);
}

describe('tenants in the settings', () => {
  it('accepts the example on the page of each platform', () => {
    const examples = platforms.map(({ id }) => {
      const page = readFileSync(join(__dirname, '../../media/platforms', `${id}.md`), 'utf8');
      return JSON.parse(/```jsonc\n([^`]*)```/.exec(page)?.[1] ?? 'null') as unknown;
    });
    const entries = readTenants(examples);
    assert.deepEqual(
      entries.map(({ tenant, problems }) => tenant?.platform ?? problems),
      platforms.map(({ id }) => id),
    );
  });

  it('reports the problem of one entry, and the others still work', () => {
    const entries = readTenants([acme, { ...acme, id: 'b', platform: 'cloud-direktor' }, 7, { ...acme, id: 'c' }]);
    assert.deepEqual(
      entries.map(({ tenant, problems: [problem] }) => tenant?.id ?? problem?.field ?? problem?.message),
      ['acme', 'platform', 'must be an object in braces', 'c'],
    );
    assert.equal(entries[2]?.name, '#3');
  });

  it('uses the first of two tenants with the same id', () => {
    const [first, second] = readTenants([acme, { ...acme, name: 'Other' }]);
    assert.deepEqual(first?.problems, []);
    assert.deepEqual(second?.problems, [{ field: 'id', message: 'is used by another tenant' }]);
  });

  it('does not let an invalid entry take the id of a valid one', () => {
    const [broken, good] = readTenants([{ ...acme, url: 'nowhere' }, acme]);
    assert.equal(broken?.problems[0]?.field, 'url');
    assert.deepEqual(good?.problems, []);
  });

  for (const [field, value, message] of [
    ['url', undefined, 'url is missing'],
    ['url', 'cloud', 'url must be a full URL, such as https://cloud.example.net'],
    ['url', 'http://cloud.example.net', 'url must begin with https:// (http only reaches this machine)'],
    ['url', 'http://localhost.evil.example', 'url must begin with https:// (http only reaches this machine)'],
    ['url', 'ftp://cloud.example.net', 'url must begin with https://'],
    ['url', 'https://user:pass@cloud.example.net', 'url must not contain a user name or password'],
    ['url', 'https://cloud.example.net\\@evil.example', 'url must be a URL without spaces and backslashes'],
    [
      'url',
      'https://cloud.example.net/?a=1',
      'url must not contain a query (?) or fragment (#): write https://cloud.example.net',
    ],
    ['url', 'https://cloud.example.net/#', 'url must not contain a query (?) or fragment (#): write https://cloud.example.net'],
    ['url', 'https://cloud.example.net.', 'url must not have a host name that ends with a dot'],
    ['url', 'https://cloud.example.net/\u202Efdp', 'url must be a URL without spaces and backslashes'],
    ['organization', '..', 'organization must not be “.” or “..”'],
    ['organization', '.', 'organization must not be “.” or “..”'],
    ['organization', '', 'organization must not be empty'],
    ['organization', 'ac\nme', 'organization must not contain control or invisible characters'],
    ['organization', 'ac\u202Eme', 'organization must not contain control or invisible characters'],
    ['organization', 'ac\uD800me', 'organization must not contain control or invisible characters'],
    ['organization', ' acme', 'organization must not begin or end with a space'],
    ['organization', 'x'.repeat(129), 'organization must not be longer than 128 characters'],
    ['organization', 7, 'organization must be a text'],
    ['id', 'a b', 'id must be letters, digits, “.”, “_” and “-”'],
    ['headers', 'basic', 'headers must be one of bearer, bearer-only, tenant-context'],
    ['apiVersion', 'latest', 'apiVersion must be a version such as 39.0'],
    ['organizationId', 'urn:vcloud:org:1', 'organizationId must be the bare UUID of the organization, not a URN'],
    ['hosts', ['https://x'], 'hosts.0 must be a host name, with :port if need be'],
    ['organisation', 'acme', 'organisation is not a setting of this platform'],
    ['apiToken', 'EXAMPLE', 'apiToken does not belong here: never put tokens into settings'],
  ] as const)
    it(`refuses ${field} ${JSON.stringify(value)}`, () => {
      assert.equal(problemOf({ [field]: value }), message);
    });

  it('accepts http on this machine', () => {
    for (const url of ['http://localhost:8080', 'http://127.0.0.1:1', 'http://[::1]:8080'])
      assert.equal(problemOf({ url }), undefined, url);
  });

  it('ignores the prototype of an object', () => {
    const [entry] = readTenants([JSON.parse('{"__proto__": {"id": "x", "name": "x", "platform": "oauth2"}}')]);
    assert.equal(entry?.problems[0]?.field, 'platform');
  });

  it('reports one problem if the setting is not a list', () => {
    assert.equal(readTenants({ acme }).length, 1);
    assert.equal(readTenants('acme')[0]?.problems[0]?.message, 'must be an object in braces');
    assert.deepEqual(readTenants(undefined), []);
  });
});

describe('Tenants', () => {
  it('finds a tenant, or throws with its problem', () => {
    const tenants = new Tenants(() => [acme, { ...acme, id: 'bad', url: 'x' }]);
    assert.equal(tenants.get('acme').name, 'Acme');
    assert.throws(() => tenants.get('nobody'), new AppError('tenant-unknown', { tenant: 'nobody' }));
    assert.throws(
      () => tenants.get('bad'),
      (error: AppError) => error.code === 'tenant-invalid' && /^url must be a full URL/.test(String(error.facts['problem'])),
    );
  });

  it('rereads a changed setting, and keeps tenants from outside separate', () => {
    let setting: unknown[] = [acme];
    const tenants = new Tenants(() => setting);
    let changes = 0;
    tenants.onDidChange(() => changes++);
    assert.equal(tenants.all.length, 1);
    setting = [];
    tenants.setOutside([{ ...acme, id: 'sandbox' }]);
    assert.deepEqual(
      tenants.entries.map(({ id, index }) => [id, index]),
      [['sandbox', -1]],
    );
    assert.deepEqual([tenants.isOutsideSettings('sandbox'), tenants.isOutsideSettings('acme')], [true, false]);
    assert.equal(changes, 1);
  });
});

describe('hosts of a tenant', () => {
  const [entry] = readTenants([{ ...acme, url: 'https://Cloud.example.net:8443/api/', hosts: ['API.example.net'] }]);
  const tenant = entry?.tenant;
  assert.ok(tenant);

  for (const [host, allowed] of [
    ['cloud.example.net:8443', true],
    ['CLOUD.example.net:8443', true],
    ['api.example.net', true],
    ['cloud.example.net', false],
    ['api.example.net:80', false],
    ['evil.example', false],
    ['cloud.example.net.evil.example', false],
  ] as const)
    it(`${allowed ? 'allow' : 'do not allow'} a token to go to ${host}`, () => {
      assert.equal(isAllowedHost(tenant, host), allowed);
    });
});
