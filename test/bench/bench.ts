/**
 * `npm run bench`: measures every row beside what it is compared with, prints what came of it, and keeps it all in `.bench/`.
 * When nothing was left out and nothing failed, it writes the table of test/bench/README.md and the picture in it.
 * `npm run bench -- B C1` measures the rows whose ids begin so; `--rounds 3` takes so many turns.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { chartOf } from './chart.js';
import type { Result } from './comparison.js';
import { type Machine, thisMachine } from './machine.js';
import { putBetween } from './markdown.js';
import { measureApart } from './measureApart.js';
import { markdownOf, terminalOf } from './report.js';
import { type Listed, listRows } from './rows/index.js';

const root = join(__dirname, '../..');
const CHART = 'test/bench/benchmarks.svg';

const { values, positionals } = parseArgs({ options: { rounds: { type: 'string' } }, allowPositionals: true });

function showProgress(words: string): void {
  if (process.stdout.isTTY) process.stdout.write(`\r\u001b[K${words}`);
}

/** Keeps what there is after each row: it took long, and whoever is tired of waiting ends it. @returns what did not fail */
async function runAll(rows: readonly Listed[], machine: Machine): Promise<Result[]> {
  const results: Result[] = [];
  for (const listed of rows) {
    const { id, title } = listed.row;
    const begun = performance.now();
    showProgress(`${id} ${title}`);
    try {
      const result = await measureApart(listed, values.rounds, (share) => showProgress(`${id} ${Math.floor(share * 100)} %`));
      const report = terminalOf(result);
      results.push(result);
      keep(machine, results);
      showProgress('');
      console.log(`${report}\n  ${((performance.now() - begun) / 1000).toFixed(1)} s\n`);
    } catch (error) {
      showProgress('');
      console.log(`${id} failed: ${(error as Error).message}\n`);
      process.exitCode = 1;
    }
  }
  return results;
}

function keep(machine: Machine, results: readonly Result[]): void {
  const folder = join(root, '.bench');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${machine.taken.replaceAll(':', '-')}.json`), JSON.stringify({ machine, results }));
}

function publish(machine: Machine, results: readonly Result[]): void {
  const readme = join(root, 'test/bench/README.md');
  writeFileSync(join(root, CHART), chartOf(results));
  writeFileSync(readme, putBetween(readFileSync(readme, 'utf8'), 'benchmarks', markdownOf(results, machine, basename(CHART))));
}

async function main(): Promise<void> {
  if (values.rounds !== undefined && !(Number(values.rounds) >= 1)) throw new Error(`${values.rounds} is no number of rounds`);
  const all = await listRows();
  const chosen = positionals.length ? all.filter(({ row }) => positionals.some((begin) => row.id.startsWith(begin))) : all;
  if (chosen.length === 0) throw new Error(`no row begins with ${positionals.join(' or ')}`);
  const machine = thisMachine();
  const results = await runAll(chosen, machine);
  if (results.length === all.length && values.rounds === undefined) publish(machine, results);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
