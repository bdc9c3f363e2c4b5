import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import process from 'node:process';
import { simulate, type Violation } from './schedule.js';

/** To debug a violation of this seed, run `npm run soak -- --seed <seed>`, which prints the events. */
interface Range {
  readonly from: number;
  readonly count: number;
}

/** Runs the schedules of `count` seeds in as many processes as the machine has cores. */
export async function simulateAll({ from, count }: Range): Promise<readonly Violation[]> {
  const processes = Math.min(availableParallelism(), count);
  const share = Math.ceil(count / processes);
  const all = Array.from({ length: processes }, (_, n) => n * share).map((begin) =>
    simulateElsewhere({ from: from + begin, count: Math.min(share, count - begin) }),
  );
  return (await Promise.all(all)).flat();
}

function simulateElsewhere(range: Range): Promise<readonly Violation[]> {
  return new Promise((resolve, reject) => {
    const child = fork(import.meta.filename, [], { execArgv: ['--import', 'tsx'] });
    let violations: readonly Violation[] | undefined;
    child.once('message', (message) => {
      violations = message as readonly Violation[];
    });
    child.once('exit', (code, signal) => {
      if (violations) resolve(violations);
      else reject(new Error(`a process of the simulation ended with ${code ?? signal}`));
    });
    child.send(range);
  });
}

async function simulateHere({ from, count }: Range): Promise<readonly Violation[]> {
  const violations: Violation[] = [];
  for (let seed = from; seed < from + count; seed++) violations.push(...(await simulate(seed)));
  return violations;
}

if (process.argv[1] === import.meta.filename && process.send) {
  process.once('message', (range) => {
    void simulateHere(range as Range).then((violations) => process.send?.(violations, () => process.disconnect()));
  });
}
