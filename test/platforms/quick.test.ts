import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as z from 'zod/mini';
import { address, text } from '../../src/platforms/fields.js';
import { platforms } from '../../src/platforms/index.js';
import { quickCheck } from '../../src/platforms/quick.js';
import { readTenants } from '../../src/tenants/tenants.js';
import { assertLinear } from '../support/linear.js';

/** Values that tenants have, and such that look like them. */
const value = fc.oneof(
  fc.constantFrom(
    ...['acme', 'Acme Inc.', ' acme', 'ac\u202Eme', '', '.', '..', 'bearer', 'template', 'tenant-context', 'v2', 'none', '/tm'],
    ...['client_credentials', 'refresh_token', 'X-Token: {token}', '39.0', '0123abcd-0123-0123-0123-0123456789ab'],
    ...['https://a.example', 'https://a.example:8443/x', 'http://a.example', 'http://localhost:1', 'https://b.example/token'],
    ...[true, false, undefined, null, 7],
  ),
  fc.string({ unit: 'binary' }),
  fc.array(fc.constantFrom('a.example', 'a.example:80', 'a b', 7)),
  fc.dictionary(fc.constantFrom('audience', 'scope', '__proto__'), fc.constantFrom('x', ' ', 7)),
);

describe('quickCheck', () => {
  for (const { id, tenantSchema } of platforms)
    it(`vouches for no tenant of ${id} that its schema refuses`, () => {
      const check = quickCheck(tenantSchema);
      const keys = [...Object.keys(tenantSchema.shape).filter((key) => key !== 'platform'), 'unknown'];
      const fields = fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: keys.length });
      let vouched = 0;
      fc.assert(
        fc.property(fields, (some) => {
          const good = { id: 'acme', name: 'Acme', platform: id, url: 'https://a.example', tokenUrl: 'https://a.example' };
          const own = { organization: 'acme', tenant: 'acme', loginId: 'ada', grant: 'refresh_token' };
          const all = Object.entries({ ...good, ...own }).filter(([key]) => key in tenantSchema.shape);
          const tenant = { ...Object.fromEntries(all), ...some };
          if (!check(tenant)) return;
          vouched++;
          assert.ok(tenantSchema.safeParse(tenant).success, JSON.stringify(tenant));
        }),
        { numRuns: 2_000 },
      );
      assert.ok(vouched > 20, String(vouched));
    });

  it('vouches for the address that a URL has, and for what shows all that it holds', () => {
    const part = fc.constantFrom(
      'a',
      'xn--',
      '-',
      '.',
      '1',
      '0x1',
      'A',
      'ä',
      '%65',
      ':',
      ':80',
      '/',
      '//',
      '@',
      '?',
      '#',
      ' ',
      '\\',
      '\0',
      '\u200B',
    );
    const texts = fc.array(part, { maxLength: 8 }).map((parts) => parts.join(''));
    const [isAddress, isText] = [quickCheck(address()), quickCheck(text())];
    fc.assert(
      fc.property(texts, (some) => {
        const url = `https://${some}`;
        if (isAddress(url)) assert.equal(new URL(url).host.replace(/:\d+$/, ''), /\/\/([^/:]*)/.exec(url)?.[1]?.toLowerCase());
        if (isText(some)) assert.ok(some === some.trim() && !/[\0\u200B]/.test(some));
      }),
      { numRuns: 5_000 },
    );
  });

  it('does not vouch for what it does not know', () => {
    for (const schema of [
      z.int(),
      z.url(),
      z.iso.date(),
      z.number().check(z.gt(0)),
      z.record(z.string(), z.string()),
      z.string().check(z.superRefine(() => undefined)),
      z.string().check(z.trim()),
      z.optional(z.string()).check(z.refine(() => false)),
      z.array(z.string()).check(z.maxLength(1)),
    ])
      for (const some of ['x', 1, {}, ['x', 'y'], undefined]) assert.equal(quickCheck(schema)(some), false);
  });

  it('vouches for nothing that a schema would change, and for each of several limits', () => {
    for (const changing of [z._default(z.string(), 'x'), z.prefault(z.string(), 'x'), z.catch(z.string(), 'x')])
      for (const schema of [z.object({ a: changing }), z.object({ a: z.optional(changing) })])
        assert.ok(!('a' in schema.parse({})) || !quickCheck(schema)({}), changing.def.type);
    const limited = quickCheck(z.string().check(z.minLength(3), z.minLength(1), z.maxLength(4), z.maxLength(9)));
    assert.deepEqual(
      ['ab', 'abc', 'abcde'].map((some) => limited(some)),
      [false, true, false],
    );
  });

  it('vouches for the numbers that a schema takes', () => {
    const check = quickCheck(z.number());
    for (const some of [0, -1.5, 2 ** 60]) assert.ok(check(some) && z.number().safeParse(some).success);
    assert.ok(quickCheck(z.nullable(z.number()))(null));
    for (const some of [NaN, Infinity, '1', null, 1n]) assert.ok(!check(some) && !z.number().safeParse(some).success);
  });

  it('takes the time for a tenant that it takes for one of few', () =>
    assertLinear(20_000, (count) => {
      const setting = Array.from({ length: count }, (_, n) => ({
        id: `t${n}`,
        name: `Tenant ${n}`,
        platform: 'cloud-services',
        url: `https://t${n}.example`,
      }));
      assert.ok(readTenants(setting).every(({ tenant }) => tenant));
    }));
});
