import { AppError } from '../base/errors.js';
import type { Disposable } from '../base/event.js';
import { pause, type Clock } from '../base/clock.js';
import { WAIT_MS } from '../base/timeLimits.js';
import type { SharedFolder } from '../store/folder.js';
import { StalenessTimer } from './stalenessTimer.js';

/** Polls less often over time: an exchange takes a fraction of a second, detecting a dead holder ten. */
const FIRST_POLL_MS = 25;
const MAX_POLL_MS = 500;
const HEARTBEAT_MS = 2_000;
/** Without a heartbeat for this long, a lock is abandoned if its holder's process is gone. */
const DEAD_AFTER_MS = 10_000;
/** Without a heartbeat for this long, it is abandoned even if a process has the holder's PID. */
const GONE_AFTER_MS = 40_000;
const FREE = '.free';

/** Identifies the holder of a lock. */
export interface Holder {
  readonly pid: number;
  /** Random, because another process may get the same PID later. */
  readonly session: string;
  /** The processes of another machine that shares the folder cannot be checked. */
  readonly host: string;
}

export interface Hold {
  release(): Promise<void>;
}

interface Ticket {
  readonly name: string;
  readonly number: number;
  readonly isFree: boolean;
}

/**
 * A lock between the windows of a machine: numbered files, where the highest number counts. A window takes the lock by
 * creating the file with the next number, which only one window can do, and releases it by renaming that file. Numbers are
 * never reused, so a window that acts on an old state cannot break a newer lock. A lock file that is deleted on release
 * cannot guarantee that.
 */
export class FileLock {
  readonly #clock: Clock;
  readonly #self: Holder;
  readonly #isAlive: (pid: number) => boolean;

  constructor(clock: Clock, self: Holder, isAlive: (pid: number) => boolean) {
    this.#clock = clock;
    this.#self = self;
    this.#isAlive = isAlive;
  }

  /**
   * Waits until no other window holds the lock, then takes it.
   * @param folder used by this lock alone
   * @throws AppError `busy-elsewhere` after {@link WAIT_MS}, and errors of the file system
   */
  async take(folder: SharedFolder): Promise<Hold> {
    const begun = this.#clock.mono();
    for (;;) {
      const last = await this.#awaitEnd(folder, begun);
      const hold = await this.#takeNumber(folder, (last?.number ?? 0) + 1);
      if (hold) return hold;
      // Another window was first, or the folder does not list its files yet.
      await this.#pause(begun, FIRST_POLL_MS);
    }
  }

  /**
   * Whether no window holds the lock, for a window that cannot take it. Rejects with errors of the file system.
   * @param staleness keeps what earlier polls saw
   */
  async isFree(folder: SharedFolder, staleness: StalenessTimer): Promise<boolean> {
    const last = highest(await folder.names());
    return this.#hasEnded(folder, last, staleness);
  }

  /** Waits until the lock is free or abandoned, and returns its last ticket if there is one. */
  async #awaitEnd(folder: SharedFolder, begun: number): Promise<Ticket | undefined> {
    const staleness = new StalenessTimer(this.#clock);
    for (let poll = FIRST_POLL_MS; ; poll = Math.min(poll * 1.5, MAX_POLL_MS)) {
      const last = highest(await folder.names());
      if (await this.#hasEnded(folder, last, staleness)) return last;
      await this.#pause(begun, poll);
    }
  }

  /** @throws AppError `busy-elsewhere` */
  async #pause(begun: number, ms: number): Promise<void> {
    if (this.#clock.mono() - begun > WAIT_MS) throw new AppError('busy-elsewhere');
    await pause(this.#clock, ms);
  }

  async #takeNumber(folder: SharedFolder, number: number): Promise<Hold | undefined> {
    const name = String(number);
    if (!(await folder.create(name, JSON.stringify(this.#self)))) return undefined;
    try {
      const names = await folder.names();
      // Compare names, not numbers: another window may have taken and released the same number.
      if (highest(names)?.name === name) {
        for (const old of names) if (ticketOf(old) && old !== name) await folder.remove(old);
        return this.#held(folder, name);
      }
    } catch (error) {
      await folder.remove(name);
      throw error;
    }
    // The state that this number was based on is outdated.
    await folder.remove(name);
    return undefined;
  }

  #held(folder: SharedFolder, name: string): Hold {
    let isHeld = true;
    let timer: Disposable;
    const beat = (): void => {
      timer = this.#clock.after(HEARTBEAT_MS, () => {
        const touched = folder.touch(name).catch(() => undefined);
        void touched.then(() => {
          if (isHeld) beat();
        });
      });
    };
    beat();
    return {
      release: async () => {
        isHeld = false;
        timer.dispose();
        await folder.rename(name, name + FREE);
      },
    };
  }

  async #hasEnded(folder: SharedFolder, last: Ticket | undefined, staleness: StalenessTimer): Promise<boolean> {
    return !last || last.isFree || this.#isLeft(folder, last, staleness);
  }

  /** Whether the holder has died without releasing the lock. */
  async #isLeft(folder: SharedFolder, { name }: Ticket, staleness: StalenessTimer): Promise<boolean> {
    const ms = staleness.elapsed(`${name} ${await folder.touchedAt(name)}`);
    if (ms < DEAD_AFTER_MS) return false;
    const holder = holderOf(await folder.read(name));
    return !holder || this.#isDead(holder) || ms >= GONE_AFTER_MS;
  }

  #isDead({ pid, host, session }: Holder): boolean {
    if (host !== this.#self.host) return false;
    return pid === this.#self.pid ? session !== this.#self.session : !this.#isAlive(pid);
  }
}

function highest(names: readonly string[]): Ticket | undefined {
  return names
    .flatMap((name) => ticketOf(name) ?? [])
    .sort((a, b) => a.number - b.number || Number(a.isFree) - Number(b.isFree))
    .at(-1);
}

function ticketOf(name: string): Ticket | undefined {
  const [, number, free] = /^(\d{1,15})(\.free)?$/.exec(name) ?? [];
  return number === undefined ? undefined : { name, number: Number(number), isFree: free !== undefined };
}

/** Undefined if the holder died before it wrote its identity. */
function holderOf(content: string | undefined): Holder | undefined {
  try {
    return JSON.parse(content ?? '') as Holder;
  } catch {
    return undefined;
  }
}
