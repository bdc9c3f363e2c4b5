import type { Clock } from '../base/clock.js';

/** A machine that slept has not listened: of a longer gap between two looks, only this much counts as staleness. */
const MAX_GAP_MS = 1_000;

/** How long something that changes while its owner lives has not changed, as far as was looked. */
export class StalenessTimer {
  readonly #clock: Clock;
  #seen: string | undefined;
  #lookedAt = 0;
  #ms = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes a look. Returns ms. */
  elapsed(state: string): number {
    const now = this.#clock.mono();
    this.#ms = state === this.#seen ? this.#ms + Math.min(now - this.#lookedAt, MAX_GAP_MS) : 0;
    this.#seen = state;
    this.#lookedAt = now;
    return this.#ms;
  }
}
