import { KeyedMutex } from '../base/keyedMutex.js';
import type { Vault } from '../store/vault.js';
import type { Exclusion } from '../windows/exclusion.js';

/** Lets one at a time work with an API token, in this window and in all others: none works with a record that was replaced. */
export class Turns {
  readonly #vault: Vault;
  readonly #exclusion: Exclusion;
  readonly #mutex = new KeyedMutex();

  constructor(vault: Vault, exclusion: Exclusion) {
    this.#vault = vault;
    this.#exclusion = exclusion;
  }

  /** Runs `work` after all that was given before for this token in this window. */
  queue<T>(id: string, work: () => Promise<T>): Promise<T> {
    return this.#mutex.run(id, work);
  }

  /**
   * Runs `work` while no other window works with the token.
   * @param isRotating as {@link Exclusion.run}
   * @throws AppError `busy-elsewhere`, `secret-store-failed`, and what `work` throws
   */
  async alone<T>(id: string, isRotating: boolean, work: () => Promise<T>): Promise<T> {
    return this.#vault.isForSession(id) ? work() : this.#exclusion.run(id, isRotating, work);
  }

  /**
   * Runs `work` after all that was given before in this window, while no other window works with the token.
   * @param isRotating asked when its turn has come: what ran before may have shown it
   * @throws as {@link alone}
   */
  take<T>(id: string, isRotating: () => boolean, work: () => Promise<T>): Promise<T> {
    return this.queue(id, () => this.alone(id, isRotating(), work));
  }

  /** Resolves when all that was given so far has ended. */
  async settled(): Promise<void> {
    await this.#mutex.settled();
  }
}
