import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { between, cellsOf } from './markdown.js';
import { limitOf } from './report.js';
import { type Listed, listRows } from './rows/index.js';

const root = join(__dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version: string }>>;
}

describe('the benchmarks in test/bench/README.md (npm run bench writes them)', () => {
  const section = between(read('test/bench/README.md'), 'benchmarks');
  const [, , ...lines] = cellsOf(section.split('<details>')[0] ?? '');
  let listed: readonly Listed[];

  before(async () => {
    listed = await listRows();
  });

  it('are of rows that are there, with the targets that they have', () => {
    assert.ok(lines.length > 0);
    for (const [id, title, , , verdicts = ''] of lines) {
      const row = listed.find((each) => each.row.id === id)?.row;
      assert.ok(row, `there is no row ${id}`);
      assert.equal(title, row.title);
      const limits = verdicts.split('<br>').map((verdict) => verdict.split(': ')[0]);
      const wanted = row.targets.map((target) => limitOf(target, row.unit));
      assert.deepEqual(limits, wanted.length ? wanted : ['–'], id);
    }
  });

  it('name the versions that are installed', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as Lock;
    const named = /^Taken on .* With (.*)\.$/m.exec(section)?.[1]?.split(', ') ?? [];
    const compared = named.flatMap((words) => {
      const [name = '', version] = words.split(' ');
      const installed = packages[`node_modules/${name}`]?.version;
      return installed ? [{ name, version, installed }] : [];
    });
    assert.ok(compared.length > 0);
    for (const { name, version, installed } of compared) assert.equal(version, installed, name);
  });

  it('name the VS Code that is driven', () => {
    const { packages } = JSON.parse(read('test/workbench/package-lock.json')) as Lock;
    const named = /in code-server (\d[\w.-]*\w)/.exec(section)?.[1];
    assert.equal(named, packages['node_modules/code-server']?.version);
  });

  it('are drawn, where they compare with others', () => {
    const picture = `test/bench/${/!\[.*\]\((.*\.svg)\)/.exec(section)?.[1] ?? ''}`;
    const drawn = Array.from(read(picture).matchAll(/<tspan class="id">([^<]*)</g), ([, id]) => id);
    const compared = lines.filter(([, , , others]) => others !== '–');
    assert.deepEqual(
      drawn,
      compared.map(([id]) => id),
    );
  });
});

describe('the rows of the benchmarks', () => {
  it('have names of their own, which begin with those of their measures', async () => {
    const ids = (await listRows()).map(({ row }) => row.id);
    assert.equal(new Set(ids).size, ids.length);
    for (const id of ids) assert.match(id, /^[A-F]\d( [\w@.,-]+)*$/);
  });
});
