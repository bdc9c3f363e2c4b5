import assert from 'node:assert/strict';
import { AppError } from '../../src/base/errors.js';
import { LEASE_LEFT_MS, WAIT_MS } from '../../src/base/timeLimits.js';
import { Lease } from '../../src/windows/lease.js';
import { SecretStore } from '../../src/store/secretStore.js';
import { Random } from '../simulation/random.js';
import { SimulatedSecrets, Storage } from '../simulation/storage.js';
import { Time } from '../simulation/time.js';

/** Windows whose SecretStorage shows a change to the others about 200 ms later. */
function setUp() {
  const time = new Time();
  const storage = new Storage('desktop', time);
  const window = (seed: number) => {
    const clock = time.clock(() => true);
    const call = async <T>(work: () => T | Promise<T>): Promise<T> => work();
    const secrets = new SimulatedSecrets(
      storage.open(),
      call,
      () => 'none',
      () => true,
    );
    return new Lease(new SecretStore(secrets, clock), clock, new Random(seed).next);
  };
  return { time, storage, window };
}

describe('Lease', () => {
  it('is held by only one of several that take it at the same time', async () => {
    const { time, window } = setUp();
    const state = { holding: 0, most: 0, done: 0 };
    for (const seed of [1, 2, 3, 4]) {
      void window(seed)
        .take('a')
        .then(async (hold) => {
          state.most = Math.max(state.most, ++state.holding);
          await new Promise<void>((resolve) => time.after(2_000, resolve));
          state.holding--;
          await hold.release();
          state.done++;
        });
    }
    await time.pass(30_000);
    assert.deepEqual(state, { holding: 0, most: 1, done: 4 });
  });

  it('of different tokens can be held by different windows', async () => {
    const { time, window } = setUp();
    const held: string[] = [];
    for (const id of ['a', 'b'])
      void window(1)
        .take(id)
        .then(() => held.push(id));
    await time.pass(2_000);
    assert.deepEqual(held.sort(), ['a', 'b']);
  });

  it('of a dead window is taken over after the longest turn, and not earlier', async () => {
    const { time, window } = setUp();
    void window(1).take('a');
    await time.pass(1_000);
    let isTaken = false;
    void window(2)
      .take('a')
      .then(() => (isTaken = true));
    await time.pass(LEASE_LEFT_MS - 1_000);
    assert.equal(isTaken, false);
    await time.pass(3_000);
    assert.equal(isTaken, true);
  });

  it('that is never free is reported after the longest wait', async () => {
    const { time, storage, window } = setUp();
    storage.open().set('lease.a', 'other');
    await time.pass(500);
    let error: unknown;
    void window(1)
      .take('a')
      .catch((caught: unknown) => (error = caught));
    // Other windows keep taking it.
    for (let second = 0; second < WAIT_MS / 1_000 + 5; second++) {
      storage.open().set('lease.a', `other ${second}`);
      await time.pass(1_000);
    }
    assert.ok(error instanceof AppError && error.code === 'busy-elsewhere', String(error));
  });
});
