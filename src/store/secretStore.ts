import type { SecretStorage } from 'vscode';
import { AppError } from '../base/errors.js';
import { within, type Clock } from '../base/clock.js';
import { STORE_MS } from '../base/timeLimits.js';

/** SecretStorage with a timeout for each call and AppErrors. */
export class SecretStore {
  readonly #secrets: SecretStorage;
  readonly #clock: Clock;

  constructor(secrets: SecretStorage, clock: Clock) {
    this.#secrets = secrets;
    this.#clock = clock;
  }

  /** @throws AppError `secret-store-failed` */
  get(key: string): Promise<string | undefined> {
    return this.#ends(() => this.#secrets.get(key));
  }

  /**
   * Does not check whether the value was kept.
   * @throws AppError `secret-store-failed`
   */
  store(key: string, value: string): Promise<void> {
    return this.#ends(() => this.#secrets.store(key, value));
  }

  /**
   * Stores a value and reads it back, because SecretStorage may resolve without having kept it.
   * @throws AppError `secret-not-kept`
   */
  async keep(key: string, value: string): Promise<void> {
    try {
      // Try twice: an earlier store by another window may arrive late and overwrite this one.
      for (let tries = 0; tries < 2; tries++) {
        await this.store(key, value);
        if ((await this.get(key)) === value) return;
      }
    } catch (cause) {
      throw new AppError('secret-not-kept', {}, cause);
    }
    throw new AppError('secret-not-kept');
  }

  /** @throws AppError `secret-store-failed` */
  delete(key: string): Promise<void> {
    return this.#ends(() => this.#secrets.delete(key));
  }

  /** @throws AppError `secret-store-failed` */
  keys(): Promise<string[]> {
    return this.#ends(() => this.#secrets.keys());
  }

  async #ends<T>(call: () => Thenable<T>): Promise<T> {
    const failed = (cause?: unknown): AppError => new AppError('secret-store-failed', {}, cause);
    try {
      // A locked keyring answers only when somebody types its password.
      return await within(this.#clock, STORE_MS, call(), failed);
    } catch (error) {
      throw error instanceof AppError ? error : failed(error);
    }
  }
}
