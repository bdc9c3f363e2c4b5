import { AppError } from '../errors.js';
import type { FileLock, Hold } from './fileLock.js';
import type { SharedFolder } from './folder.js';
import type { Lease } from './lease.js';
import type { Log } from './log.js';
import type { Strangers } from './strangers.js';

interface Layers {
  readonly lock: FileLock;
  readonly lease: Lease;
  /** Holds a folder for each token. */
  readonly folder: SharedFolder | undefined;
  readonly strangers: Strangers;
}

/**
 * Lets one window at a time work with an API token: by a lock in the folder that the windows of a machine share, and by a
 * lease in SecretStorage where that folder cannot be used or others do not have it.
 */
export class Exclusion {
  readonly #layers: Layers;
  readonly #log: Log;
  #isTold = false;

  constructor(layers: Layers, log: Log) {
    this.#layers = layers;
    this.#log = log;
  }

  /**
   * Runs `work` when no other window works with this token.
   * @param isRotating a second use would be harmful, not just needless: strangers are waited for too
   * @throws AppError `busy-elsewhere`, `secret-store-failed`, and what `work` throws
   */
  async run<T>(id: string, isRotating: boolean, work: () => Promise<T>): Promise<T> {
    const lock = await this.#lock(id);
    try {
      const lease = isRotating && (!lock || this.#layers.strangers.are) ? await this.#lease(id) : undefined;
      try {
        return await work();
      } finally {
        await this.#release(lease);
      }
    } finally {
      await this.#release(lock);
    }
  }

  /** Undefined where the folder cannot be used. */
  async #lock(id: string): Promise<Hold | undefined> {
    const { lock, folder } = this.#layers;
    try {
      return folder && (await lock.take(folder.folder(id)));
    } catch (error) {
      if (error instanceof AppError) throw error;
      this.#tell(error);
      return undefined;
    }
  }

  async #lease(id: string): Promise<Hold> {
    try {
      return await this.#layers.lease.take(id);
    } catch (error) {
      throw error instanceof AppError ? error : new AppError('secret-store-failed', {}, error);
    }
  }

  /** What cannot be given back is taken away by the next window, later. */
  async #release(hold: Hold | undefined): Promise<void> {
    try {
      await hold?.release();
    } catch (error) {
      this.#tell(error);
    }
  }

  #tell(error: unknown): void {
    if (this.#isTold) return;
    this.#isTold = true;
    const cause = error instanceof Error && 'code' in error ? String(error.code) : 'error';
    this.#log.warn(`the folder that windows share cannot be used (${cause}); exchanges of rotating tokens take longer`);
  }
}
