import assert from 'node:assert/strict';
import process from 'node:process';
import { isLong } from './long.js';

const TRIES = 12;
/** Ten times the input takes ten times as long, and a hundred times where the cost is quadratic. */
const MOST = 20;

/**
 * Does work for an input of a size, and in the long run holds it to a time that grows with its input: on the processor, and the
 * best of some tries, for what else the machine does makes times longer, never quadratic ones linear.
 *
 * @param work does it for an input of this size
 */
export async function assertLinear(size: number, work: (size: number) => unknown, message?: string): Promise<void> {
  if (!isLong) {
    await work(size);
    return;
  }
  const timeOf = async (of: number): Promise<number> => {
    const begun = process.cpuUsage();
    await work(of);
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / 1000;
  };
  for (let left = TRIES; left > 0; left--) {
    const small = await timeOf(size / 10);
    if ((await timeOf(size)) <= MOST * Math.max(small, 1)) return;
  }
  assert.fail(message ?? `ten times the input takes more than ${MOST} times as long`);
}
