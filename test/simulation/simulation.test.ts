import assert from 'node:assert/strict';
import { isLong } from '../support/long.js';
import type { Name } from './invariants.js';
import { simulateList } from './listSchedule.js';
import { FORGETS_FACTS, MUTATIONS } from './mutations.js';
import { simulateAll } from './run.js';
import { simulate } from './schedule.js';

const SCHEDULES = isLong ? 20_000 : 1_000;
const LISTS = isLong ? 5_000 : 150;
/** This many schedules are enough to detect each of the mutations. */
const ENOUGH = 200;

describe('simulated windows', () => {
  it(`keep all invariants in ${SCHEDULES} schedules of windows, crashes, sleeps, clocks and faults`, async function () {
    this.timeout(0);
    assert.deepEqual(await simulateAll({ from: 1, count: SCHEDULES }), []);
  });

  it(`list added tokens, and no removed ones, in ${LISTS} schedules of concurrent changes`, async function () {
    this.timeout(0);
    for (let seed = 1; seed <= LISTS; seed++) assert.deepEqual(await simulateList(seed), []);
  });

  it('list the wrong tokens when facts are not kept', async () => {
    let seed = 1;
    while ((await simulateList(seed, FORGETS_FACTS)).length === 0) assert.ok(seed++ < ENOUGH, 'no schedule shows it');
  });

  it('do the same again for the same seed', async () => {
    const runs = [1, 2].map(async () => {
      const lines: string[] = [];
      await simulate(11, undefined, (line) => lines.push(line));
      return lines;
    });
    const [first, second] = await Promise.all(runs);
    assert.ok(first!.length > 20);
    assert.deepEqual(first, second);
  });

  for (const [name, { what, mutate }] of Object.entries(MUTATIONS))
    it(`break ${name} when ${what}`, async () => {
      assert.ok(await isSeen(name as Name, mutate));
    });
});

async function isSeen(name: Name, mutate: (typeof MUTATIONS)[Name]['mutate']): Promise<boolean> {
  for (let seed = 1; seed <= ENOUGH; seed++)
    if ((await simulate(seed, mutate)).some((violation) => violation.name === name)) return true;
  return false;
}
