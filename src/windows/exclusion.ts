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
  /** Contains a folder for each token. */
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
 * Lets one window at a time work with an API token. Uses a lock in the folder that the windows of a machine share, and a
 * lease in SecretStorage if that folder is unusable or other windows do not share it.
 */
export class Exclusion {
  readonly #layers: Layers;
  readonly #log: Log;
  #isLogged = false;

  constructor(layers: Layers, log: Log) {
    this.#layers = layers;
    this.#log = log;
  }

  /**
   * Runs `work` while no other window works with this token.
   * @param isRotating true if a concurrent exchange would do harm rather than just repeat work: then also excludes windows
   * outside the shared folder
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
   * For a while, windows may differ in which of the two they can use. So a window that holds one also checks the other, and
   * releases what it holds if the other is taken. A lock takes effect at once; a lease becomes visible late but also takes
   * effect late. So at least one of two competing windows always sees the other.
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

  /** Returns undefined if the folder is unusable. */
  async #lock(id: string): Promise<Hold | undefined> {
    const { lock, folder } = this.#layers;
    try {
      return folder && (await lock.take(folder.folder(id)));
    } catch (error) {
      if (error instanceof AppError) throw error;
      this.#warnOnce(error);
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

  /** If the release fails, the next window takes the lock over once it counts as abandoned. */
  async #release(hold: Hold | undefined): Promise<void> {
    try {
      await hold?.release();
    } catch (error) {
      this.#warnOnce(error);
    }
  }

  #warnOnce(error: unknown): void {
    if (this.#isLogged) return;
    this.#isLogged = true;
    this.#log.warn(
      `the folder that windows share cannot be used (${errorCode(error)}); exchanges of rotating tokens take longer`,
    );
  }
}
