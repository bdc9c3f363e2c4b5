import { randomUUID } from 'node:crypto';
import type { Memento } from 'vscode';
import type { Clock } from './clock.js';
import type { SharedFolder } from './folder.js';

const INDEX_KEY = 'folders';
const FILE = 'folder';
const DAY_MS = 24 * 3600_000;
const FORGOTTEN_AFTER_MS = 30 * DAY_MS;

type Seen = Readonly<Record<string, number>>;

/**
 * Whether other windows of this person use another shared folder, as those of another remote machine do: then a lock in this
 * one does not tell about them. Each window writes the id of its folder into `globalState`, which they all share.
 */
export class Strangers {
  readonly #folder: SharedFolder | undefined;
  readonly #index: Memento;
  readonly #clock: Clock;
  #own: string | undefined;

  constructor(folder: SharedFolder | undefined, index: Memento, clock: Clock) {
    this.#folder = folder;
    this.#index = index;
    this.#clock = clock;
  }

  /** Makes this window known to the others. */
  async greet(): Promise<void> {
    const own = (this.#own ??= await this.#id());
    const now = this.#clock.wall();
    if (Math.abs(now - (this.#seen[own] ?? 0)) < DAY_MS) return;
    const others = Object.entries(this.#seen).filter(([id, at]) => id !== own && now - at < FORGOTTEN_AFTER_MS);
    await this.#index.update(INDEX_KEY, { ...Object.fromEntries(others), [own]: now });
  }

  /** Within the last 30 days. */
  get are(): boolean {
    const now = this.#clock.wall();
    return Object.entries(this.#seen).some(([id, at]) => id !== this.#own && now - at < FORGOTTEN_AFTER_MS);
  }

  get #seen(): Seen {
    const seen = this.#index.get<unknown>(INDEX_KEY);
    return typeof seen === 'object' && seen !== null ? (seen as Seen) : {};
  }

  /** A folder that cannot be used is a stranger to all others, and each time another one. */
  async #id(): Promise<string> {
    const made = randomUUID();
    try {
      return (await this.#folder?.create(FILE, made)) ? made : ((await this.#folder?.read(FILE)) ?? made);
    } catch {
      return made;
    }
  }
}
