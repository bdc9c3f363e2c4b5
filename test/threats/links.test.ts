import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandLink, plainText } from '../../src/editor/markdown.js';
import { readTenants } from '../../src/tenants/tenants.js';
import { ACME } from '../support/acme.js';
import { textsIn } from '../workbench/storage.js';

const root = join(__dirname, '../..');

describe('threats: links', () => {
  it('row 37: no URL opens the extension, and its own links run only two commands, with ids, that ask or are harmless', () => {
    const { activationEvents } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { activationEvents: string[] };
    assert.ok(!activationEvents.some((event) => /^onUri|^\*$/.test(event)));
    const sources = textsIn(join(root, 'src'));
    for (const { place, text } of sources) {
      assert.doesNotMatch(text, /registerUriHandler|onUri\b/, place);
      // Trusted Markdown may run these commands only.
      for (const [, trusted] of text.matchAll(/\.isTrusted = (.*);/g))
        assert.equal(trusted, '{ enabledCommands: Object.values(COMMANDS) }', place);
    }
    const hover = sources.find(({ place }) => place === join('editor', 'hover.ts'))?.text ?? '';
    assert.match(
      hover,
      /const COMMANDS = \{ exchange: 'tenantTokens\.exchange', copyHeaders: 'tenantTokens\.copyHeaders' \} as const;/,
    );
    // Ids cannot end a link and begin another; names are escaped.
    for (const id of ['a)', 'a](command:evil)', 'a b', 'a"'])
      assert.equal(readTenants([{ ...ACME, id }])[0]?.problems[0]?.field, 'id');
    const target = { tenant: 'a.b-c_d', token: '00000000-0000-4000-8000-000000000000' };
    const link = commandLink('Exchange', 'tenantTokens.exchange', target);
    const [, query] = /^\[Exchange\]\(command:tenantTokens\.exchange\?([^)\s]*)\)$/.exec(link) ?? [];
    assert.deepEqual(JSON.parse(decodeURIComponent(query ?? '')), [target], link);
    assert.equal(plainText('[x](command:evil)'), String.raw`\[x\]\(command\:evil\)`);
  });
});
