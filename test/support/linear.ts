import assert from 'node:assert/strict';

const TRIES = 12;
/** Ten times the input takes ten times as long, and a hundred times where the cost is quadratic. */
const MOST = 20;

/**
 * Holds work to a time that grows with its input. Other work on the machine makes times longer, never quadratic ones linear:
 * so the best of some tries counts.
 *
 * @param work does it for an input of this size
 */
export async function assertLinear(size: number, work: (size: number) => unknown, message?: string): Promise<void> {
  const timeOf = async (of: number): Promise<number> => {
    const begun = performance.now();
    await work(of);
    return performance.now() - begun;
  };
  for (let left = TRIES; left > 0; left--) {
    const small = await timeOf(size / 10);
    if ((await timeOf(size)) <= MOST * Math.max(small, 1)) return;
  }
  assert.fail(message ?? `ten times the input takes more than ${MOST} times as long`);
}
