import type { Clock } from '../base/clock.js';

/** A gap between two polls may be a sleep, during which nothing was observed. So each gap counts as at most this much. */
const MAX_GAP_MS = 1_000;

/** Measures how long a state has been observed unchanged. A live owner changes it regularly. */
export class StalenessTimer {
  readonly #clock: Clock;
  #seen: string | undefined;
  #lookedAt = 0;
  #ms = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Records an observation of the state.
   * @returns ms for which the state has been seen unchanged
   */
  elapsed(state: string): number {
    const now = this.#clock.mono();
    this.#ms = state === this.#seen ? this.#ms + Math.min(now - this.#lookedAt, MAX_GAP_MS) : 0;
    this.#seen = state;
    this.#lookedAt = now;
    return this.#ms;
  }
}
