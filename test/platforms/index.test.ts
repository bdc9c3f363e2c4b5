import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { credentialHeaders, findPlatform, platformOf, platforms } from '../../src/platforms/index.js';

describe('the registry of platforms', () => {
  it('has platforms, each with a unique id, label and icon', () => {
    assert.equal(new Set(platforms.map(({ id }) => id)).size, platforms.length);
    assert.equal(new Set(platforms.map(({ label }) => label)).size, platforms.length);
    for (const { icon } of platforms) assert.match(icon, /^[a-z-]+$/);
  });

  it('and that of the sandbox are all that names a platform, beside its own files', () => {
    const files = globSync('src/**/*.ts').map((file) => file.replaceAll('\\', '/'));
    for (const { id } of platforms) {
      const folder = id.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
      const own = new RegExp(`^src/(platforms/${folder}/|sandbox/${folder}\\w*\\.ts$)`);
      const names = new RegExp(`'${id}'|\\b${id}:|/${folder}\\b`);
      const elsewhere = files.filter((file) => !own.test(file) && names.test(readFileSync(file, 'utf8')));
      assert.deepEqual(elsewhere.sort(), ['src/platforms/index.ts', 'src/sandbox/index.ts'], id);
    }
  });

  it('finds a platform by its id only', () => {
    for (const platform of platforms) assert.equal(findPlatform(platform.id), platform);
    for (const id of ['', 'toString', '__proto__', undefined, null, 1, ['oauth2']]) assert.equal(findPlatform(id), undefined);
    assert.equal(platformOf({ id: 'x', name: 'X', platform: 'oauth2' }).id, 'oauth2');
  });

  for (const platform of platforms) {
    it(`${platform.id}: offers presets, fields and styles that its schema accepts`, () => {
      assert.ok(platform.presets.length > 0);
      const known = new Set(Object.keys(platform.tenantSchema.shape));
      for (const { key } of platform.tenantFields) assert.ok(known.has(key), key);
      for (const { values = {} } of platform.presets) for (const key of Object.keys(values)) assert.ok(known.has(key), key);
      const issuesOf = (tenant: Record<string, unknown>, key: string) =>
        (platform.tenantSchema.safeParse({ id: 'x', name: 'X', platform: platform.id, ...tenant }).error?.issues ?? []).filter(
          ({ path }) => path[0] === key,
        );
      for (const { values = {} } of platform.presets)
        for (const [key, value] of Object.entries(values)) assert.deepEqual(issuesOf({ [key]: value }, key), []);
      for (const { key, choices = [] } of platform.tenantFields)
        for (const { value } of choices) assert.deepEqual(issuesOf({ [key]: value }, key), [], `${key}: ${String(value)}`);
      for (const { id } of platform.headerStyles) assert.deepEqual(issuesOf({ headers: id }, 'headers'), []);
    });

    it(`${platform.id}: removes every header that carries its token`, () => {
      const tenant = { id: 'x', name: 'X', platform: platform.id, url: 'https://service.example', organization: 'acme' };
      for (const { id } of platform.headerStyles)
        for (const { name, value } of platform.headers(tenant, 'EXAMPLE', id, {}))
          if (value.includes('EXAMPLE')) assert.ok(credentialHeaders([]).includes(name.toLowerCase()), name);
    });
  }

  it('also removes the headers that tenants name themselves', () => {
    const tenant = {
      id: 'x',
      name: 'X',
      platform: 'oauth2' as const,
      tokenUrl: 'https://id.example',
      header: 'X-Api-Key: {token}',
    };
    assert.ok(credentialHeaders([tenant]).includes('x-api-key'));
  });
});
