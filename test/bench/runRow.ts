/** Measures one row, for `bench.ts`, in a process that measures nothing else: `runRow.ts <topic> <id> [rounds]`. */
import process from 'node:process';
import type { Result } from './comparison.js';
import { measure } from './measure.js';
import { rowsOf, type Topic } from './rows/index.js';

/** Fewer say little of how sure a ratio is. */
const ROUNDS = 12;

/** What is sent to whoever started this process. */
export type Told = { readonly share: number } | { readonly result: Result };

const tell = (reported: Told): Promise<void> => new Promise((resolve) => void process.send!(reported, () => resolve()));

async function main(topic: Topic, id: string, wanted?: string): Promise<void> {
  const row = (await rowsOf(topic)).find((each) => each.id === id);
  if (!row) throw new Error(`${topic} has no row ${id}`);
  const { title, unit, targets } = row;
  // What is counted once does not become another number by being counted again.
  const rounds = row.rounds === 1 ? 1 : Number(wanted ?? row.rounds ?? ROUNDS);
  const bench = await row.open();
  try {
    const measured = await measure(bench, rounds, (share) => void tell({ share }));
    await tell({ result: { id, title, unit, targets, measured } });
  } finally {
    await bench.close?.();
  }
}

const [topic, id, rounds] = process.argv.slice(2);
main(topic as Topic, id!, rounds).then(
  // Whatever a library keeps open is not waited for.
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
