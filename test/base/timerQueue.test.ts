import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { TimerQueue } from '../../src/base/timerQueue.js';
import { Random } from '../simulation/random.js';
import { assertLinear } from '../support/linear.js';
import { LiveTimers } from '../support/liveTimers.js';

const MANY = 10_000;
const HOUR_MS = 3_600_000;

/** A queue with a stepped timer. */
function stepped() {
  const state = { now: 0 };
  const timers = new Set<{ readonly at: number; readonly call: () => void; unref(): void }>();
  mock.method(globalThis, 'setTimeout', (call: () => void, ms: number) => {
    assert.ok(ms <= 2 ** 31 - 1, String(ms));
    const timer = { at: state.now + ms, call, unref: () => undefined };
    timers.add(timer);
    return timer;
  });
  mock.method(globalThis, 'clearTimeout', (timer: never) => timers.delete(timer));
  const advance = (ms: number): void => {
    const end = state.now + ms;
    for (;;) {
      const next = [...timers].sort((a, b) => a.at - b.at)[0];
      if (!next || next.at > end) break;
      state.now = Math.max(state.now, next.at);
      timers.delete(next);
      next.call();
    }
    state.now = end;
  };
  return { timetable: new TimerQueue(() => state.now), timers, advance, now: () => state.now };
}

describe('TimerQueue', () => {
  afterEach(() => mock.restoreAll());

  it('has one timer for ten thousand calls, and no timer when all are cancelled', () => {
    const timers = new LiveTimers();
    const timetable = new TimerQueue(() => performance.now());
    const made = Array.from({ length: MANY }, (_, n) => timetable.after(HOUR_MS + ((n * 7919) % MANY), () => undefined));
    assert.deepEqual([timetable.size, timers.live], [MANY, 1]);
    for (const one of made) {
      one.dispose();
      assert.equal(timers.live, timetable.size > 0 ? 1 : 0);
    }
    assert.equal(timetable.size, 0);
  });

  it('resets its timer only when another call comes first', () => {
    const timers = new LiveTimers();
    const timetable = new TimerQueue(() => performance.now());
    const made = Array.from({ length: MANY }, (_, n) => timetable.after(HOUR_MS + n, () => undefined));
    assert.equal(timers.set.length, 1);
    made[5]?.dispose();
    assert.equal(timers.set.length, 1);
    made[0]?.dispose();
    assert.equal(timers.set.length, 2);
    timetable.after(HOUR_MS / 2, () => undefined);
    assert.equal(timers.set.length, 3);
  });

  it('makes the calls that were not cancelled, once, on time and in order', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { timetable, timers, advance, now } = stepped();
      const random = new Random(seed).next;
      const [called, expected]: [string[], { readonly at: number; readonly name: string }[]] = [[], []];
      for (let n = 0; n < 300; n++) {
        const [at, name] = [now() + Math.floor(random() * 50), String(n)];
        const made = timetable.after(at - now(), () => {
          assert.equal(now(), at, name);
          called.push(name);
        });
        if (random() < 0.4) made.dispose();
        else expected.push({ at, name });
        if (random() < 0.2) advance(Math.floor(random() * 20));
        assert.ok(timers.size <= 1);
      }
      advance(100);
      // Sorting is stable, so calls for the same time keep their order.
      const names = expected.toSorted((a, b) => a.at - b.at).map(({ name }) => name);
      assert.deepEqual(called, names, `seed ${seed}`);
      assert.equal(timers.size, 0);
      mock.restoreAll();
    }
  });

  it('waits longer than a timer can', () => {
    const { timetable, advance } = stepped();
    const year = 365 * 24 * HOUR_MS;
    let calls = 0;
    timetable.after(year, () => calls++);
    advance(year - 1);
    assert.equal(calls, 0);
    advance(1);
    assert.equal(calls, 1);
  });

  it('makes the other calls although one throws, and those that a call adds', () => {
    const { timetable, advance } = stepped();
    const called: string[] = [];
    timetable.after(10, () => {
      throw new Error('EXAMPLE');
    });
    timetable.after(10, () => {
      called.push('same');
      timetable.after(5, () => called.push('added'));
    });
    assert.throws(() => advance(10), /EXAMPLE/);
    advance(10);
    assert.deepEqual(called, ['same', 'added']);
  });

  it('can cancel a call that is due at the same time', () => {
    const { timetable, advance } = stepped();
    const called: number[] = [];
    timetable.after(10, () => second.dispose());
    const second = timetable.after(10, () => called.push(2));
    timetable.after(10, () => called.push(3));
    advance(10);
    assert.deepEqual(called, [3]);
    second.dispose();
  });

  it('accepts a timer that fires slightly early', async () => {
    const set = mock.method(globalThis, 'setTimeout', (call: () => void) => {
      queueMicrotask(call);
      return { unref: () => undefined };
    });
    const timetable = new TimerQueue(() => 0);
    await new Promise<void>((resolve) => timetable.after(10, resolve));
    assert.equal(set.mock.callCount(), 1);
  });

  it('takes about as long per call for many calls as for few', () =>
    assertLinear(100_000, (count) => {
      const timetable = new TimerQueue(() => 0);
      const made = Array.from({ length: count }, (_, n) => timetable.after(HOUR_MS + ((n * 7919) % count), () => undefined));
      for (const one of made) one.dispose();
    }));
});
