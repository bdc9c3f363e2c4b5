/** Does nothing for so many seconds, with ten thousand tokens or with nothing at all: `rest.ts ours|empty 20`. Prints what that took. */
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../../../src/base/clock.js';

const MANY = 10_000;
const SECOND_MS = 1_000;
/** Until what was built has been compiled and collected. */
const SETTLE_MS = 3_000;

export interface Rest {
  /** Time on the processor, ms. */
  readonly cpuMs: number;
  /** How often the process has gone to sleep. */
  readonly switches: number;
}

async function main(what: string, seconds: number): Promise<void> {
  if (what === 'ours') {
    const { openWindow } = await import('./window.js');
    await openWindow({ count: MANY, accessToken: () => 'EXAMPLE-access-token', clock: systemClock });
  }
  gc!();
  await delay(SETTLE_MS);
  const [cpu, { voluntaryContextSwitches: before }] = [process.cpuUsage(), process.resourceUsage()];
  await delay(seconds * SECOND_MS);
  const { user, system } = process.cpuUsage(cpu);
  const switches = process.resourceUsage().voluntaryContextSwitches - before;
  const rest: Rest = { cpuMs: (user + system) / 1_000, switches };
  process.stdout.write(JSON.stringify(rest));
}

const [what = '', seconds] = process.argv.slice(2);
void main(what, Number(seconds));
