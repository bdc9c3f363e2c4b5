import assert from 'node:assert/strict';
import { platforms } from '../../src/platforms/index.js';

describe('a pinned certificate', () => {
  const hex = '0123456789abcdefABCDEF'.repeat(3).slice(0, 64);
  const colons = hex.replace(/..(?=.)/g, '$&:');
  const rows: readonly (readonly [name: string, value: unknown, isTaken: boolean])[] = [
    ['64 digits', hex, true],
    ['with colons', colons, true],
    ['a SHA-1', hex.slice(0, 40), false],
    ['too long', `${hex}00`, false],
    ['with a name before it', `SHA256:${hex}`, false],
    ['another encoding', 'A'.repeat(43).padEnd(64, '='), false],
    ['with a line end', `${hex}\n`, false],
    ['nothing', '', false],
    ['a number', 1, false],
  ];
  for (const { id, tenantSchema } of platforms)
    for (const [name, value, isTaken] of rows)
      it(`of ${id}, ${name}, is ${isTaken ? 'accepted' : 'refused'}`, () => {
        const issues = tenantSchema.safeParse({ pinnedCertificate: value }).error?.issues ?? [];
        assert.equal(!issues.some(({ path }) => path[0] === 'pinnedCertificate'), isTaken);
        assert.ok(!issues.some(({ code }) => code === 'unrecognized_keys'));
      });
});
