import assert from 'node:assert/strict';
import { commandLink, plainText } from '../../src/editor/markdown.js';

describe('A foreign text in Markdown', () => {
  const cases: readonly (readonly [text: string, escaped: string])[] = [
    ['Ada Lovelace', 'Ada Lovelace'],
    ['[a](command:x)', String.raw`\[a\]\(command\:x\)`],
    ['![a](https://b)', String.raw`\!\[a\]\(https\:\/\/b\)`],
    ['https://a.b www.c.d', String.raw`https\:\/\/a\.b www\.c\.d`],
    ['a@b.c', String.raw`a\@b\.c`],
    ['<img src=x> &lt;', String.raw`\<img src\=x\> \&lt\;`],
    ['$(key) `a` **b** _c_', String.raw`\$\(key\) \`a\` \*\*b\*\* \_c\_`],
    ['a\n\n# b\t\r\n- c', String.raw`a \# b \- c`],
    [String.raw`a\[b`, String.raw`a\\\[b`],
    ['a\u202Eb\u0000c', 'a b c'],
  ];
  for (const [text, escaped] of cases)
    it(JSON.stringify(text), () => {
      assert.equal(plainText(text), escaped);
    });

  it('links to a command with ids', () => {
    const link = commandLink('Exchange', 'tenantTokens.exchange', { tenant: 'acme', token: '1' });
    assert.equal(link, '[Exchange](command:tenantTokens.exchange?%5B%7B%22tenant%22%3A%22acme%22%2C%22token%22%3A%221%22%7D%5D)');
  });
});
