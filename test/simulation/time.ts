import type { Disposable } from '../../src/base/event.js';
import type { Clock } from '../../src/base/clock.js';

interface Timer {
  readonly at: number;
  readonly order: number;
  call: (() => void) | undefined;
}

/** The time of one machine and of the services that it calls. Only due timers run. */
export class Time {
  /** The true time, epoch ms. */
  true = Date.UTC(2026, 0, 1);
  #wallError = 0;
  #mono = 1_000_000;
  #order = 0;
  readonly #heap: Timer[] = [];

  readonly wall = (): number => this.true + this.#wallError;
  readonly mono = (): number => this.#mono;

  /** A clock whose timers end with `isAlive`. */
  clock(isAlive: () => boolean): Clock {
    return {
      wall: this.wall,
      mono: this.mono,
      after: (ms, call) => this.after(ms, () => isAlive() && call()),
    };
  }

  after(ms: number, call: () => void): Disposable {
    const timer: Timer = { at: this.#mono + Math.max(0, ms), order: this.#order++, call };
    this.#push(timer);
    return { dispose: () => (timer.call = undefined) };
  }

  /** Somebody sets the clock, by `ms`. */
  step(ms: number): void {
    this.#wallError += ms;
  }

  /** The machine sleeps. @param monoGoesOn as it does on some systems */
  sleep(ms: number, monoGoesOn: boolean): void {
    this.true += ms;
    if (monoGoesOn) this.#mono += ms;
  }

  /** Lets `ms` pass, with all that is due in it. */
  async pass(ms: number): Promise<void> {
    await this.#run(this.#mono + ms, () => false);
  }

  /** Lets time pass until the condition holds, but at most `ms`. */
  async passUntil(isSo: () => boolean, ms: number): Promise<void> {
    await this.#run(this.#mono + ms, isSo);
  }

  async #run(end: number, isSo: () => boolean): Promise<void> {
    for (;;) {
      await settled();
      if (isSo()) return;
      const next = this.#heap[0];
      if (!next || next.at > end) break;
      this.#pop();
      if (!next.call) continue;
      this.#goTo(next.at);
      next.call();
    }
    this.#goTo(end);
  }

  #goTo(mono: number): void {
    if (mono <= this.#mono) return;
    this.true += mono - this.#mono;
    this.#mono = mono;
  }

  #push(timer: Timer): void {
    const heap = this.#heap;
    let at = heap.push(timer) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(timer, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = timer;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
  }
}

function isBefore(one: Timer, other: Timer): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

/** Resolves when everything that needs no timer has run. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
