import type { Disposable } from './event.js';
import { TimerQueue } from './timerQueue.js';

/**
 * Time, as what is tested with a stepped clock sees it. There are two clocks because each lies in a way of its own: the wall
 * clock is set by people and by NTP, and the other one stands still while some systems sleep.
 */
export interface Clock {
  /** Epoch ms. */
  wall(): number;
  /** Milliseconds since some moment. Never goes back. */
  mono(): number;
  /** Calls once, `ms` from now, unless it is disposed of. Any time ahead; keeps no process alive. */
  after(ms: number, call: () => void): Disposable;
}

/** All that waits in this process, so that one timer serves it, and none while there is nothing. */
const timetable = new TimerQueue(() => performance.now());

export const systemClock: Clock = {
  wall: () => Date.now(),
  mono: () => performance.now(),
  after: (ms, call) => timetable.after(ms, call),
};

/** What both clocks showed at some time. */
export interface Moment {
  readonly wall: number;
  readonly mono: number;
}

export function momentOf(clock: Clock): Moment {
  return { wall: clock.wall(), mono: clock.mono() };
}

/** How long ago that was, ms: by the clock that went on. One misses a sleep, the other may have been put back. */
export function sinceMs(clock: Clock, moment: Moment): number {
  return msBetween(moment, momentOf(clock));
}

/** {@link sinceMs}, where it is known what the clocks show now. */
export function msBetween(then: Moment, now: Moment): number {
  return Math.max(now.wall - then.wall, now.mono - then.mono);
}

export async function pause(clock: Clock, ms: number): Promise<void> {
  await new Promise<void>((resolve) => clock.after(ms, resolve));
}

/** What a window stores is seen by all others within some 300 ms. */
const VISIBLE_MS = 500;
const SLICES = 5;

/**
 * Waits until the other windows have seen what this one has stored. In slices: timers that became due while a machine slept
 * come before anything that the wait is for.
 */
export async function waitForPropagation(clock: Clock): Promise<void> {
  for (let slice = 0; slice < SLICES; slice++) await pause(clock, VISIBLE_MS / SLICES);
}

/** The result of `work`, or, when that takes longer than `ms`, a rejection with what `late` makes. The work goes on. */
export async function within<T>(clock: Clock, ms: number, work: PromiseLike<T>, late: () => Error): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = clock.after(ms, () => reject(late()));
  try {
    return await Promise.race([work, promise]);
  } finally {
    timer.dispose();
  }
}
