import { randomUUID } from 'node:crypto';
import { AppError } from '../base/errors.js';
import { pause, waitForPropagation, type Clock } from '../base/clock.js';
import { LEASE_LEFT_MS, WAIT_MS } from '../base/timeLimits.js';
import type { Hold } from './fileLock.js';
import type { SecretStore } from '../store/secretStore.js';
import { StalenessTimer } from './stalenessTimer.js';

const PREFIX = 'lease.';
const JITTER_MS = 250;
const POLL_MS = 250;

/**
 * A lock between windows without a common folder, such as windows on different remote machines: a value in SecretStorage,
 * which they share with a delay. That delay makes it slower than {@link FileLock}.
 */
export class Lease {
  readonly #secrets: SecretStore;
  readonly #clock: Clock;
  readonly #random: () => number;

  /** @param random returns 0 to 1; keeps two windows from staying in step */
  constructor(secrets: SecretStore, clock: Clock, random: () => number) {
    this.#secrets = secrets;
    this.#clock = clock;
    this.#random = random;
  }

  /**
   * Whether a window holds the lease, as far as this window can see. Deletes an abandoned lease.
   * @param staleness keeps what earlier polls saw
   * @throws AppError `secret-store-failed`
   */
  async isTaken(id: string, staleness: StalenessTimer): Promise<boolean> {
    const holder = await this.#secrets.get(PREFIX + id);
    if (holder === undefined || staleness.elapsed(holder) < LEASE_LEFT_MS) return holder !== undefined;
    await this.#secrets.delete(PREFIX + id);
    return false;
  }

  /**
   * Waits until no other window holds the lease, then takes it.
   * @throws AppError `busy-elsewhere` after {@link WAIT_MS}, `secret-store-failed`
   */
  async take(id: string): Promise<Hold> {
    const key = PREFIX + id;
    const mine = randomUUID();
    const staleness = new StalenessTimer(this.#clock);
    const begun = this.#clock.mono();
    for (;;) {
      const holder = await this.#secrets.get(key);
      if (holder === undefined || staleness.elapsed(holder) >= LEASE_LEFT_MS) {
        await this.#secrets.store(key, mine);
        // If two windows store at about the same time, the later value wins, and both see it.
        await waitForPropagation(this.#clock);
        await pause(this.#clock, this.#random() * JITTER_MS);
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
