import { mock } from 'node:test';

/** Counts the timers of this process that `setTimeout` has set and that are still to come, those that keep no process alive too. */
export class LiveTimers {
  readonly #live = new Set<NodeJS.Timeout>();
  /** The delays asked for, ms. */
  readonly set: number[] = [];
  /** How many have come. */
  fired = 0;

  /** From now on, until the mocks are restored. */
  constructor() {
    const [set, clear] = [globalThis.setTimeout, globalThis.clearTimeout];
    mock.method(globalThis, 'setTimeout', (call: () => void, ms = 0) => {
      const timer = set(() => {
        this.#live.delete(timer);
        this.fired++;
        call();
      }, ms);
      this.#live.add(timer);
      this.set.push(ms);
      return timer;
    });
    mock.method(globalThis, 'clearTimeout', (timer: NodeJS.Timeout) => {
      this.#live.delete(timer);
      clear(timer);
    });
  }

  get live(): number {
    return this.#live.size;
  }
}
