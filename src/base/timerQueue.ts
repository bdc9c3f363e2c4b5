import type { Disposable } from './event.js';

/** What setTimeout takes at most: 2³¹−1 ms, some 24 days. */
const MAX_DELAY_MS = 2_147_483_647;

/**
 * Any number of calls at their times by one timer, which is there only while something waits. Calls that are due together are
 * made in their order, one after the other, before the promises that they resolve go on.
 */
export class TimerQueue {
  readonly #now: () => number;
  /** A binary heap: each is before its two at 2n+1 and 2n+2, so the next one is on top. */
  readonly #heap: Appointment[] = [];
  #made = 0;
  #timer: NodeJS.Timeout | undefined;
  /** What the timer is set for. */
  #setFor: Appointment | undefined;

  /** @param now ms, never goes back */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** How many calls wait. */
  get size(): number {
    return this.#heap.length;
  }

  /** Calls once, `ms` from now, unless it is disposed of. Any time ahead; keeps no process alive. */
  after(ms: number, call: () => void): Disposable {
    const added = new Appointment(this, this.#now() + ms, this.#made++, call);
    this.#rise(this.#heap.length, added);
    this.#set();
    return added;
  }

  /** Calls one off; nothing happens if it was called, or called off, before. */
  cancel(one: Appointment): void {
    if (one.place < 0) return;
    this.#take(one);
    this.#set();
  }

  /** Sets the timer for what is on top. */
  #set(): void {
    const [next] = this.#heap;
    if (next === this.#setFor) return;
    clearTimeout(this.#timer);
    this.#setFor = next;
    if (!next) return;
    const now = this.#now();
    const ms = Math.min(Math.max(next.at - now, 0), MAX_DELAY_MS);
    this.#timer = setTimeout(() => this.#wake(now + ms), Math.ceil(ms));
    this.#timer.unref();
  }

  /** @param due what the timer was set for: it may come a little before that by another clock */
  #wake(due: number): void {
    this.#setFor = undefined;
    const now = Math.max(this.#now(), due);
    try {
      for (let next = this.#heap[0]; next && next.at <= now; next = this.#heap[0]) {
        this.#take(next);
        next.call();
      }
    } finally {
      // Also when a call has thrown: the others are still to be made.
      this.#set();
    }
  }

  /** Takes one out: the last one comes into its place. */
  #take(one: Appointment): void {
    const last = this.#heap.pop();
    const { place } = one;
    one.place = -1;
    if (last && last !== one) this.#rise(this.#sink(place), last);
  }

  /** Moves the gap at a place to the bottom, along those that come first. Returns where it is then. */
  #sink(gap: number): number {
    for (;;) {
      const left = this.#heap[2 * gap + 1];
      if (!left) return gap;
      const right = this.#heap[2 * gap + 2];
      const first = right && isBefore(right, left) ? right : left;
      const from = first.place;
      this.#put(gap, first);
      gap = from;
    }
  }

  /** Puts one in at a gap, or above where it comes before what is there. */
  #rise(gap: number, one: Appointment): void {
    while (gap > 0) {
      const above = (gap - 1) >> 1;
      const parent = this.#heap[above];
      if (!parent || !isBefore(one, parent)) break;
      this.#put(gap, parent);
      gap = above;
    }
    this.#put(gap, one);
  }

  #put(place: number, one: Appointment): void {
    this.#heap[place] = one;
    one.place = place;
  }
}

class Appointment implements Disposable {
  readonly #queue: TimerQueue;
  /** By the clock of the timetable, ms. */
  readonly at: number;
  /** Of those of one moment, the first that was made comes first. */
  readonly order: number;
  readonly call: () => void;
  /** In the heap; −1: no longer there. */
  place = -1;

  constructor(timetable: TimerQueue, at: number, order: number, call: () => void) {
    this.#queue = timetable;
    this.at = at;
    this.order = order;
    this.call = call;
  }

  dispose(): void {
    this.#queue.cancel(this);
  }
}

const isBefore = (a: Appointment, b: Appointment): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);
