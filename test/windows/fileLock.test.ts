import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AppError } from '../../src/base/errors.js';
import { pause, systemClock, type Clock } from '../../src/base/clock.js';
import { WAIT_MS } from '../../src/base/timeLimits.js';
import { FileLock, type Hold, type Holder } from '../../src/windows/fileLock.js';
import { DiskFolder, type SharedFolder } from '../../src/store/folder.js';
import { idle, SteppedClock } from '../support/clock.js';
import { hookedFolder, type Operation } from '../support/hookedFolder.js';
import { MemoryFolder } from '../support/memory.js';

/** Longer than any wait of the lock. */
const LONG_MS = 2 * WAIT_MS;
/** How long a dead holder may block others. */
const DEAD_MS = 12_000;

const SPEED = 20;

/** Accelerated real time, because disk operations cannot be stepped. */
const hasty: Clock = {
  ...systemClock,
  mono: () => systemClock.mono() * SPEED,
  after: (ms, call) => systemClock.after(ms / SPEED, call),
};

const busy = (error: unknown): boolean => error instanceof AppError && error.code === 'busy-elsewhere';

function window(clock: Clock, pid: number, { isAlive = (_: number): boolean => true, ...more }: Partial<Holder & Alive> = {}) {
  return new FileLock(clock, { pid, session: `session of ${pid}`, host: 'this', ...more }, isAlive);
}

interface Alive {
  readonly isAlive: (pid: number) => boolean;
}

/** How long it took to get the lock, by the stepped clock. */
async function waited(clock: SteppedClock, taking: Promise<Hold>): Promise<number> {
  const begun = clock.mono();
  await (await clock.until(taking)).release();
  return clock.mono() - begun;
}

const never = new Promise<never>(() => undefined);

describe('FileLock', () => {
  describe('on a disk', () => {
    let place: string;

    beforeEach(async () => {
      place = await mkdtemp(path.join(tmpdir(), 'tenant-tokens-lock-'));
    });
    afterEach(() => rm(place, { recursive: true }));

    it('is held by one of many windows at a time', async () => {
      const [holders, sum] = [new Set<number>(), { held: 0, most: 0 }];
      const contend = async (pid: number): Promise<void> => {
        const lock = window(hasty, pid);
        for (let n = 0; n < 10; n++) {
          const hold = await lock.take(new DiskFolder(place));
          holders.add(pid);
          sum.held++;
          sum.most = Math.max(sum.most, holders.size);
          await pause(systemClock, Math.random() * 3);
          holders.delete(pid);
          await hold.release();
        }
      };
      await Promise.all([1, 2, 3, 4, 5].map(contend));
      assert.deepEqual(sum, { held: 50, most: 1 });
      assert.equal((await new DiskFolder(place).names()).length, 1);
    });

    it('is taken from a dead holder, but not from a live one', async () => {
      const clock = new SteppedClock();
      await window(new SteppedClock(), 1).take(new DiskFolder(place));
      const taken = window(clock, 2, { isAlive: () => false }).take(new DiskFolder(place));
      assert.ok((await waited(clock, taken)) <= DEAD_MS);
      const hold = await window(hasty, 1).take(new DiskFolder(place));
      await assert.rejects(window(hasty, 2).take(new DiskFolder(place)), busy);
      await hold.release();
    });
  });

  it('waits until it is released', async () => {
    const [clock, folder] = [new SteppedClock(), new MemoryFolder()];
    const hold = await window(clock, 1).take(folder);
    const state = { hasIt: false };
    const taking = window(clock, 2)
      .take(folder)
      .then((taken) => {
        state.hasIt = true;
        return taken;
      });
    await clock.advance(30_000);
    assert.equal(state.hasIt, false);
    await hold.release();
    await clock.advance(500);
    assert.equal(state.hasIt, true);
    await (await taking).release();
  });

  it('gives up after the longest wait, and does not touch the holder’s lock', async () => {
    const [clock, folder] = [new SteppedClock(), new MemoryFolder()];
    const hold = await window(clock, 1).take(folder);
    const begun = clock.mono();
    await assert.rejects(clock.until(window(clock, 2).take(folder)), busy);
    assert.ok(clock.mono() - begun >= WAIT_MS && clock.mono() - begun < WAIT_MS + 1_000);
    await hold.release();
    assert.ok((await waited(clock, window(clock, 2).take(folder))) < 100);
  });

  it('gives up on a folder that does not list its files', async () => {
    const [clock, folder] = [new SteppedClock(), new MemoryFolder()];
    const blind = { ...hookedFolder(folder, () => undefined), names: () => Promise.resolve([]) };
    await assert.rejects(clock.until(window(clock, 1).take(blind)), busy);
  });

  describe('a holder that is silent', () => {
    /** What a dead or stopped process leaves, and how long another window waits for it. */
    async function timeAfter(left: Holder | string, self: Partial<Holder & Alive>): Promise<number> {
      const [clock, folder] = [new SteppedClock(), new MemoryFolder()];
      await folder.create('1', typeof left === 'string' ? left : JSON.stringify(left));
      return waited(clock, window(clock, 2, self).take(folder));
    }

    const left = { pid: 1, session: 'a', host: 'this' };
    const isDead = { isAlive: () => false };

    for (const [what, holder, self, isLeft] of [
      ['of an ended process', left, isDead, true],
      ['that had not said who it is', '', {}, true],
      ['that had said half of it', '{"pid":1,', {}, true],
      ['of an earlier process with the number of this one', { ...left, pid: 2 }, {}, true],
      ['whose number another process has now', left, {}, false],
      ['of another machine', { ...left, host: 'that' }, isDead, false],
    ] as const)
      it(`${what} is waited for ${isLeft ? 'some seconds' : 'longer'}`, async () => {
        const ms = await timeAfter(holder, self);
        assert.ok(isLeft ? ms >= 10_000 && ms <= DEAD_MS : ms > 30_000, String(ms));
      });

    it('loses the lock to only one of many waiting windows', async () => {
      const [clock, folder] = [new SteppedClock(), new MemoryFolder()];
      await folder.create('1', JSON.stringify(left));
      const state = { holders: 0, most: 0, held: 0 };
      const all = [2, 3, 4, 5].map(async (pid) => {
        const hold = await window(clock, pid, { isAlive: (asked) => asked !== 1 }).take(folder);
        state.held++;
        state.most = Math.max(state.most, ++state.holders);
        await pause(clock, 100);
        state.holders--;
        await hold.release();
      });
      await clock.until(Promise.all(all));
      assert.deepEqual(state, { holders: 0, most: 1, held: 4 });
    });

    it('may have been asleep, and so may the waiting window', async () => {
      for (const monoGoesOn of [true, false]) {
        const [clock, folder] = [new SteppedClock(), new MemoryFolder()];
        const hold = await window(clock, 1).take(folder);
        const state = { hasIt: false };
        const taking = window(clock, 2, isDead)
          .take(folder)
          .then((taken) => {
            state.hasIt = true;
            return taken;
          });
        await clock.advance(1_000);
        clock.sleep(30_000, { monoGoesOn });
        await clock.advance(10_000);
        assert.equal(state.hasIt, false);
        await hold.release();
        await (await clock.until(taking)).release();
      }
    });

    it('does not release a lock that it has lost', async () => {
      const [clock, folder] = [new SteppedClock(), new MemoryFolder()];
      const stopped = hookedFolder(folder, ({ method }) => (method === 'touch' ? never : undefined));
      const late = await window(clock, 1).take(stopped);
      const hold = await clock.until(window(clock, 2, isDead).take(folder));
      await late.release();
      await assert.rejects(clock.until(window(clock, 3).take(folder)), busy);
      await hold.release();
    });
  });

  it('is not taken by a window that saw an old state, while others take and release it', async () => {
    const [clock, folder] = [new SteppedClock(), new MemoryFolder()];
    await (await window(clock, 1).take(folder)).release();
    const gates = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    /** Stops once, after listing the files. */
    const stopping = (gate: PromiseWithResolvers<undefined> | undefined, at: Pick<Operation, 'when' | 'method'>) => {
      let left = 1;
      return hookedFolder(folder, ({ when, method }) =>
        when === at.when && method === at.method && left-- > 0 ? gate?.promise : undefined,
      );
    };
    const state = { holders: 0, most: 0 };
    const hold = async (pid: number, seen: SharedFolder): Promise<void> => {
      const taken = await window(clock, pid).take(seen);
      state.most = Math.max(state.most, ++state.holders);
      await pause(clock, 200);
      state.holders--;
      await taken.release();
    };
    // It has seen that the lock is free, but is slow to take it.
    const slow = hold(2, stopping(gates[0], { when: 'before', method: 'create' }));
    await idle();
    // Meanwhile another window takes and releases it.
    await clock.until(hold(3, folder));
    gates[0]?.resolve(undefined);
    // A third window sees both the released file and the one that the slow window has written.
    const third = hold(4, stopping(gates[1], { when: 'after', method: 'names' }));
    await idle();
    gates[1]?.resolve(undefined);
    await clock.until(Promise.all([slow, third]));
    assert.equal(state.most, 1);
  });

  describe('whatever operation', () => {
    /** The operations of taking the lock from an earlier holder, holding it for a while and releasing it. */
    async function life(clock: SteppedClock, folder: SharedFolder): Promise<void> {
      const hold = await window(clock, 1).take(folder);
      await pause(clock, 5_000);
      await hold.release();
    }

    async function operations(): Promise<number> {
      const [clock, folder] = [new SteppedClock(), new MemoryFolder()];
      await folder.create('1.free', '');
      let count = 0;
      await clock.until(
        life(
          clock,
          hookedFolder(folder, () => count++),
        ),
      );
      return count;
    }

    it('it ends before or after, another window gets the lock within 12 s', async () => {
      const count = await operations();
      assert.ok(count >= 12, String(count));
      for (let end = 0; end < count; end++) {
        const [clock, folder] = [new SteppedClock(), new MemoryFolder()];
        await folder.create('1.free', '');
        let at = 0;
        const ended = Promise.withResolvers<undefined>();
        const mortal = hookedFolder(folder, () => {
          if (at++ < end) return undefined;
          ended.resolve(undefined);
          return never;
        });
        void life(clock, mortal);
        await clock.until(ended.promise);
        const ms = await waited(clock, window(clock, 2, { isAlive: (pid) => pid !== 1 }).take(folder));
        assert.ok(ms <= DEAD_MS, `${end}: ${ms}`);
      }
    });

    it('fails, another window gets the lock, and so does this one again', async () => {
      const count = await operations();
      for (let end = 0; end < count; end++) {
        const [clock, folder] = [new SteppedClock(), new MemoryFolder()];
        await folder.create('1.free', '');
        let at = 0;
        const broken = hookedFolder(folder, () => {
          if (at++ === end) throw new Error('EIO');
        });
        await clock.until(life(clock, broken)).catch(() => undefined);
        for (const [pid, own] of [
          [2, folder],
          [1, broken],
        ] as const)
          assert.ok((await waited(clock, window(clock, pid).take(own))) < LONG_MS, `${end} ${pid}`);
      }
    });
  });
});
