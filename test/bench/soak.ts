/** `npm run soak`: a million schedules, in portions, from a seed that it prints. `-- --seed 7` prints what happens in one of them. */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { simulateAll } from '../simulation/run.js';
import { simulate } from '../simulation/schedule.js';

const PORTION = 10_000;

const { values } = parseArgs({ options: { seed: { type: 'string' }, from: { type: 'string' }, count: { type: 'string' } } });

async function soak(from: number, count: number): Promise<void> {
  console.log(`${count} schedules from seed ${from}`);
  for (let done = 0; done < count; done += PORTION) {
    const violations = await simulateAll({ from: from + done, count: Math.min(PORTION, count - done) });
    for (const { seed, name, what } of violations) console.log(`seed ${seed}: ${name}: ${what}`);
    if (violations.length > 0) process.exitCode = 1;
    console.log(`${Math.min(done + PORTION, count)} done, ${violations.length} violations in the last ones`);
  }
}

async function main(): Promise<void> {
  const { seed, from, count } = values;
  if (seed === undefined) await soak(Number(from ?? Math.floor(Math.random() * 2 ** 30)), Number(count ?? 1_000_000));
  else await simulate(Number(seed), undefined, console.log);
}

void main();
