import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The rows of the threat table, from and to. */
const ROWS = [
  [1, 62],
  [67, 74],
  [75, 80],
] as const;

/** The names of tests in the folders where rows of the threat table are. */
function testNames(): string[] {
  return ['test/threats', 'test/commands', 'test/windows', 'test/host', 'test/host/inside'].flatMap((folder) =>
    readdirSync(join(__dirname, '../..', folder))
      .filter((name) => name.endsWith('.test.ts'))
      .flatMap((name) => {
        const text = readFileSync(join(__dirname, '../..', folder, name), 'utf8');
        return [...text.matchAll(/\bit\(\s*(['"`])(.*?)\1/g)].map(([, , title]) => title ?? '');
      }),
  );
}

describe('the threat table', () => {
  it('has a test for each of its rows, which names it', () => {
    const rows = testNames().flatMap((title) => /^row (\d\d): \S/.exec(title)?.[1] ?? []);
    const expected = ROWS.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, index) => from + index));
    // A row may have one test in the window and one inside its extension host.
    assert.deepEqual(
      [...new Set(rows.map(Number))].sort((a, b) => a - b),
      expected,
    );
  });
});
