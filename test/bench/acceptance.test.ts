import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cases, trickle } from './acceptance/cases.js';
import { extension } from './acceptance/extension.js';
import { judge, judgeAll } from './acceptance/subject.js';
import { markdownOf } from './acceptance/table.js';
import { between, cellsOf } from './markdown.js';

const root = join(__dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

describe('the acceptance of answers', () => {
  it('has twenty cases, and no two of a name', () => {
    assert.equal(cases.length, 20);
    assert.equal(new Set(cases.map(({ name }) => name)).size, 20);
  });

  for (const one of cases)
    it(`is as it has to be: ${one.name} is ${one.wanted}`, async () => {
      const { passes, words } = await judge(extension, one);
      assert.ok(passes, words);
    });

  describe('in SECURITY.md', () => {
    const table = cellsOf(between(read('SECURITY.md'), 'acceptance'));
    const titles = table[0] ?? [];

    it('is what comes of the cases, in the column of this extension (npm run bench:acceptance writes it)', async () => {
      const measured = cellsOf(markdownOf([{ title: extension.name, ...(await judgeAll(extension, [])) }]));
      const written = table.map((cells) => cells.slice(0, 3)).filter(([name]) => name !== trickle.name);
      assert.deepEqual(written.slice(2), measured.slice(2));
      for (const [name, , ours] of measured.slice(2)) assert.match(ours ?? '', /^✓|^\*\*20\*\*$/, name);
    });

    it('names the versions of the libraries that are installed', () => {
      const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, { version: string }> };
      assert.equal(titles.length, 6);
      for (const title of titles.slice(3)) {
        const [name = '', version] = title.split(' ');
        assert.equal(version, packages[`node_modules/${name}`]?.version, name);
      }
    });

    it('counts what it shows', () => {
      const counted = table.slice(2, 2 + cases.length);
      const total = table[2 + cases.length] ?? [];
      for (const at of titles.keys())
        if (at >= 2) assert.equal(total[at], `**${counted.filter((cells) => cells[at]?.startsWith('✓')).length}**`, titles[at]);
    });
  });
});
