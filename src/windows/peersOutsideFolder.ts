import { randomUUID } from 'node:crypto';
import type { Memento } from 'vscode';
import { DAY_MS } from '../base/time.js';
import { pause, type Clock } from '../base/clock.js';
import type { SharedFolder } from '../store/folder.js';

const INDEX_KEY = 'folders';
const FILE = 'folder';
/** Longer than a window takes to write the id of the folder that it has just created. */
const WRITTEN_MS = 2_000;
const POLL_MS = 25;
const FORGOTTEN_AFTER_MS = 30 * DAY_MS;

type Seen = Readonly<Record<string, number>>;

/**
 * Knows whether other windows of this person use another shared folder, as windows on another remote machine do. A lock in
 * this folder does not exclude them. Each window writes the id of its folder into `globalState`, which all windows share.
 */
export class PeersOutsideFolder {
  readonly #folder: SharedFolder | undefined;
  readonly #index: Memento;
  readonly #clock: Clock;
  #own: string | undefined;
  /** All folder ids seen in this session, because another window may overwrite `globalState` with an older copy. */
  readonly #met = new Map<string, number>();

  constructor(folder: SharedFolder | undefined, index: Memento, clock: Clock) {
    this.#folder = folder;
    this.#index = index;
    this.#clock = clock;
  }

  /** Announces this window's folder to other windows, at most once a day. */
  async announce(): Promise<void> {
    const own = (this.#own ??= await this.#id());
    const now = this.#clock.wall();
    if (Math.abs(now - (this.#seen[own] ?? 0)) < DAY_MS) return;
    await this.#index.update(INDEX_KEY, { ...Object.fromEntries(this.#others), [own]: now });
  }

  /** Whether a window used another folder within the last 30 days. */
  get exist(): boolean {
    return this.#others.length > 0;
  }

  get #others(): readonly (readonly [string, number])[] {
    const now = this.#clock.wall();
    for (const [id, at] of Object.entries(this.#seen)) this.#met.set(id, at);
    return [...this.#met].filter(([id, at]) => id !== this.#own && now - at < FORGOTTEN_AFTER_MS);
  }

  get #seen(): Seen {
    const seen = this.#index.get<unknown>(INDEX_KEY);
    return typeof seen === 'object' && seen !== null ? (seen as Seen) : {};
  }

  /** An unusable folder gets a new id each session, so it never matches another window's. */
  async #id(): Promise<string> {
    const made = randomUUID();
    try {
      if (await this.#folder?.create(FILE, made)) return made;
      return (await this.#written()) ?? made;
    } catch {
      return made;
    }
  }

  /** Creating a file and writing it are two steps, so another window may see it empty in between. */
  async #written(): Promise<string | undefined> {
    const begun = this.#clock.mono();
    for (;;) {
      const id = await this.#folder?.read(FILE);
      if (id !== '' || this.#clock.mono() - begun > WRITTEN_MS) return id || undefined;
      await pause(this.#clock, POLL_MS);
    }
  }
}
