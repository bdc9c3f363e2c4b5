import { AppError } from '../base/errors.js';
import { pause, type Clock } from '../base/clock.js';
import { WAIT_MS } from '../base/timeLimits.js';
import type { FileLock, Hold } from './fileLock.js';
import { errorCode, type SharedFolder } from '../store/folder.js';
import type { Lease } from './lease.js';
import type { Log } from '../base/log.js';
import { StalenessTimer } from './stalenessTimer.js';
import type { PeersOutsideFolder } from './peersOutsideFolder.js';

interface Layers {
  readonly lock: FileLock;
  readonly lease: Lease;
  /** Holds a folder for each token. */
  readonly folder: SharedFolder | undefined;
  readonly peersOutside: PeersOutsideFolder;
  readonly clock: Clock;
}

interface Taken {
  readonly file: Hold | undefined;
  readonly leased: Hold | undefined;
}

const POLL_MS = 250;

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
   * @param isRotating a second use would be harmful, not just needless: peersOutside are waited for too
   * @throws AppError `busy-elsewhere`, `secret-store-failed`, and what `work` throws
   */
  async run<T>(id: string, isRotating: boolean, work: () => Promise<T>): Promise<T> {
    const holds = isRotating ? await this.#takeAll(id) : [await this.#lock(id)];
    try {
      return await work();
    } finally {
      for (const hold of holds.reverse()) await this.#release(hold);
    }
  }

  /**
   * Windows may differ in which of the two they can use, for a while: whoever has one of them looks at the other one too, and
   * gives back what it has if that is taken. As a lease is seen late and counts late, and a lock counts at once, one of two
   * always sees the other.
   */
  async #takeAll(id: string): Promise<(Hold | undefined)[]> {
    const { clock, peersOutside } = this.#layers;
    await peersOutside.announce().catch(() => undefined);
    const begun = clock.mono();
    const seen = { lock: new StalenessTimer(clock), lease: new StalenessTimer(clock) };
    for (;;) {
      const file = await this.#lock(id);
      const leased = !file || peersOutside.exist ? await this.#orRelease(file, this.#layers.lease.take(id)) : undefined;
      if (await this.#orRelease(file, this.#isAlone(id, { file, leased }, seen))) return [file, leased];
      await this.#release(leased);
      await this.#release(file);
      if (clock.mono() - begun > WAIT_MS) throw new AppError('busy-elsewhere');
      await pause(clock, POLL_MS);
    }
  }

  async #isAlone(
    id: string,
    { file, leased }: Taken,
    seen: Readonly<Record<'lock' | 'lease', StalenessTimer>>,
  ): Promise<boolean> {
    const { lock, lease, folder } = this.#layers;
    if (!leased) return !(await lease.isTaken(id, seen.lease));
    return file !== undefined || !folder || lock.isFree(folder.folder(id), seen.lock).catch(() => true);
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

  async #orRelease<T>(hold: Hold | undefined, work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      await this.#release(hold);
      throw error;
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
    this.#log.warn(
      `the folder that windows share cannot be used (${errorCode(error)}); exchanges of rotating tokens take longer`,
    );
  }
}
