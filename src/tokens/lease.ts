import { randomUUID } from 'node:crypto';
import type { SecretStorage } from 'vscode';
import { AppError } from '../errors.js';
import { pause, type Clock } from './clock.js';
import type { Hold } from './fileLock.js';
import { Silence } from './silence.js';

const PREFIX = 'lease.';
/** What one window stores is seen by all others after some 300 ms, and of two the later one stays. */
const SETTLE_MS = 500;
const JITTER_MS = 250;
const POLL_MS = 250;
/** Longer than the longest exchange: its holder is gone. */
const GONE_AFTER_MS = 40_000;
const WAIT_MS = 60_000;

type Secrets = Pick<SecretStorage, 'get' | 'store' | 'delete'>;

/**
 * A lock between windows that have no folder in common, such as those of different remote machines: a value in SecretStorage,
 * which they share with a delay. Slower than {@link FileLock}, by that delay.
 */
export class Lease {
  readonly #secrets: Secrets;
  readonly #clock: Clock;
  readonly #random: () => number;

  /** @param random 0 to 1, so that two windows do not stay in step */
  constructor(secrets: Secrets, clock: Clock, random: () => number) {
    this.#secrets = secrets;
    this.#clock = clock;
    this.#random = random;
  }

  /** Waits until nobody else holds it. @throws AppError `busy-elsewhere` after 60 s, and what SecretStorage throws */
  async take(id: string): Promise<Hold> {
    const key = PREFIX + id;
    const mine = randomUUID();
    const silence = new Silence(this.#clock);
    const begun = this.#clock.mono();
    for (;;) {
      const holder = await this.#secrets.get(key);
      if (holder === undefined || silence.of(holder) >= GONE_AFTER_MS) {
        await this.#secrets.store(key, mine);
        await pause(this.#clock, SETTLE_MS + this.#random() * JITTER_MS);
        if ((await this.#secrets.get(key)) === mine) return { release: () => this.#release(key, mine) };
      }
      if (this.#clock.mono() - begun > WAIT_MS) throw new AppError('busy-elsewhere');
      await pause(this.#clock, POLL_MS);
    }
  }

  async #release(key: string, mine: string): Promise<void> {
    if ((await this.#secrets.get(key)) === mine) await this.#secrets.delete(key);
  }
}
