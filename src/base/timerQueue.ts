import type { Disposable } from './event.js';

/** The longest delay of setTimeout: 2³¹−1 ms, about 24 days. */
const MAX_DELAY_MS = 2_147_483_647;

/**
 * Makes any number of delayed calls with one timer, which exists only while a call waits. Calls that are due together run in
 * order, before the continuations of the promises that they resolve.
 */
export class TimerQueue {
  readonly #now: () => number;
  /** A binary heap: the element at n comes before those at 2n+1 and 2n+2, so the next call is on top. */
  readonly #heap: Appointment[] = [];
  #made = 0;
  #timer: NodeJS.Timeout | undefined;
  /** The appointment that the timer is set for. */
  #setFor: Appointment | undefined;

  /** @param now a clock in ms that never goes back */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** The number of waiting calls. */
  get size(): number {
    return this.#heap.length;
  }

  /** Calls `call` once, `ms` from now, unless disposed. Takes any delay; does not keep the process alive. */
  after(ms: number, call: () => void): Disposable {
    const added = new Appointment(this, this.#now() + ms, this.#made++, call);
    this.#rise(this.#heap.length, added);
    this.#set();
    return added;
  }

  /** Cancels a call; does nothing if it was already made or cancelled. */
  cancel(one: Appointment): void {
    if (one.place < 0) return;
    this.#take(one);
    this.#set();
  }

  /** Sets the timer for the top of the heap. */
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

  /** @param due the time the timer was set for; the timer uses another clock and may fire slightly early */
  #wake(due: number): void {
    this.#setFor = undefined;
    const now = Math.max(this.#now(), due);
    try {
      for (let next = this.#heap[0]; next && next.at <= now; next = this.#heap[0]) {
        this.#take(next);
        next.call();
      }
    } finally {
      // Also after a call that throws: the other calls are still due.
      this.#set();
    }
  }

  /** Removes an element: the last one takes its place. */
  #take(one: Appointment): void {
    const last = this.#heap.pop();
    const { place } = one;
    one.place = -1;
    if (last && last !== one) this.#rise(this.#sink(place), last);
  }

  /** Moves a gap to the bottom by pulling up the earlier child each time. Returns its final place. */
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

  /** Puts an element into a gap, or higher if it comes before its parents. */
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
  /** Due time by the queue's clock, ms. */
  readonly at: number;
  /** Appointments for the same time are called in the order they were made. */
  readonly order: number;
  readonly call: () => void;
  /** Index in the heap; −1: removed. */
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
