import { mock } from 'node:test';
import { systemClock, type Clock } from '../../src/base/clock.js';
import type { Disposable } from '../../src/base/event.js';
import { deadline } from '../../src/net/deadline.js';

interface Timer {
  readonly at: number;
  readonly call: () => void;
}

/** When all that could go on without a timer has gone on. */
export function idle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Tells whether a promise has settled by now. */
export function whetherSettled(promise: Promise<unknown>): () => boolean {
  let isSettled = false;
  const done = (): void => {
    isSettled = true;
  };
  promise.then(done, done);
  return () => isSettled;
}

/**
 * The system's clock with a timer for each call: one that is set while a test mocks `setTimeout`, and so never comes, is waited
 * for by nobody else.
 */
export const ownTimersClock: Clock = {
  ...systemClock,
  after(ms, call) {
    const timer = setTimeout(call, ms);
    return { dispose: () => clearTimeout(timer) };
  },
};

/** The clock of a test that mocks `Date` and `setTimeout`. */
export const mockedClock: Clock = { ...ownTimersClock, mono: () => Date.now() };

/** A clock that stands still until a test moves it. What is due at once does not wait for that. */
export class SteppedClock implements Clock {
  #wall: number;
  #mono = 1000;
  readonly #timers = new Set<Timer>();

  constructor(wall = Date.UTC(2026, 0, 1)) {
    this.#wall = wall;
  }

  readonly wall = (): number => this.#wall;
  readonly mono = (): number => this.#mono;

  /** Those that have not been called. */
  get timers(): number {
    return this.#timers.size;
  }

  after(ms: number, call: () => void): Disposable {
    if (ms <= 0) {
      const immediate = setImmediate(call);
      return { dispose: () => clearImmediate(immediate) };
    }
    const timer = { at: this.#mono + ms, call };
    this.#timers.add(timer);
    return { dispose: () => void this.#timers.delete(timer) };
  }

  /** Lets time pass, and all that is due in it happen in its order. */
  async advance(ms: number): Promise<void> {
    const end = this.#mono + ms;
    for (;;) {
      await idle();
      const next = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#pass(Math.max(next.at - this.#mono, 0));
      this.#timers.delete(next);
      next.call();
    }
    this.#pass(end - this.#mono);
    await idle();
  }

  /** Lets time pass until `promise` has settled, one timer after the other. */
  async until<T>(promise: Promise<T>): Promise<T> {
    const isSettled = whetherSettled(promise);
    for (;;) {
      await idle();
      if (isSettled()) break;
      const next = Math.min(...[...this.#timers].map(({ at }) => at));
      if (next === Infinity) await new Promise((resolve) => setTimeout(resolve, 1));
      else await this.advance(next - this.#mono);
    }
    return promise;
  }

  /** Somebody sets the clock on the wall. */
  set(wall: number): void {
    this.#wall = wall;
  }

  /** Time passes while no timer runs; the other clock goes on only if it does so on this machine. */
  sleep(ms: number, { monoGoesOn = false } = {}): void {
    this.#wall += ms;
    if (monoGoesOn) this.#mono += ms;
  }

  #pass(ms: number): void {
    this.#wall += ms;
    this.#mono += ms;
  }
}

/** Lets the deadlines of requests end by this clock, until the mocks are restored. */
export function stepDeadlines(clock: Clock): void {
  mock.method(deadline, 'start', (ms: number, end: () => void) => clock.after(ms, end));
}
