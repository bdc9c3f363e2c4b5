import type { Disposable } from './event.js';
import { TimerQueue } from './timerQueue.js';

/**
 * Time, behind an interface so that tests can step it. There are two clocks because each can mislead: people and NTP set the
 * wall clock, and some systems stop the monotonic one while they sleep.
 */
export interface Clock {
  /** Epoch ms. */
  wall(): number;
  /** Milliseconds since an arbitrary moment. Never goes back. */
  mono(): number;
  /** Calls `call` once, `ms` from now, unless disposed. Takes any delay; does not keep the process alive. */
  after(ms: number, call: () => void): Disposable;
}

/** All delayed calls of this process share one timer, which exists only while a call waits. */
const timetable = new TimerQueue(() => performance.now());

export const systemClock: Clock = {
  wall: () => Date.now(),
  mono: () => performance.now(),
  after: (ms, call) => timetable.after(ms, call),
};

/** A reading of both clocks. */
export interface Moment {
  readonly wall: number;
  readonly mono: number;
}

export function momentOf(clock: Clock): Moment {
  return { wall: clock.wall(), mono: clock.mono() };
}

/**
 * Elapsed ms since `moment`. Takes the larger difference: the monotonic clock misses a sleep, the wall clock may have been
 * set back.
 */
export function sinceMs(clock: Clock, moment: Moment): number {
  return msBetween(moment, momentOf(clock));
}

/** Like {@link sinceMs}, for a known present. */
export function msBetween(then: Moment, now: Moment): number {
  return Math.max(now.wall - then.wall, now.mono - then.mono);
}

export async function pause(clock: Clock, ms: number): Promise<void> {
  await new Promise<void>((resolve) => clock.after(ms, resolve));
}

/** Other windows see what a window stores within about 300 ms. */
const VISIBLE_MS = 500;
const SLICES = 5;

/**
 * Waits until other windows can see what this one has stored. Waits in slices, so that timers that came due while the
 * machine slept run before the wait ends.
 */
export async function waitForPropagation(clock: Clock): Promise<void> {
  for (let slice = 0; slice < SLICES; slice++) await pause(clock, VISIBLE_MS / SLICES);
}

/** Returns the result of `work`, or rejects with the error that `late` makes after `ms`. Does not cancel `work`. */
export async function within<T>(clock: Clock, ms: number, work: PromiseLike<T>, late: () => Error): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = clock.after(ms, () => reject(late()));
  try {
    return await Promise.race([work, promise]);
  } finally {
    timer.dispose();
  }
}
