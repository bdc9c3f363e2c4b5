import type { Memento } from 'vscode';
import type { Clock } from './clock.js';

const INDEX_KEY = 'waits';
/** What a service may ask for at most; a later time is one that a wrong clock has written. */
const MAX_WAIT_MS = 3600_000;

type Until = Readonly<Record<string, number>>;

/** Until when a service wants to be left alone, for each API token. All windows keep to it, also after a restart. */
export class Waits {
  readonly #index: Memento;
  readonly #clock: Clock;

  constructor(index: Memento, clock: Clock) {
    this.#index = index;
    this.#clock = clock;
  }

  /** ms from now; 0: not at all. */
  of(id: string): number {
    return left(this.#all[id] ?? 0, this.#clock.wall());
  }

  async set(id: string, ms: number): Promise<void> {
    await this.#change(id, this.#clock.wall() + ms);
  }

  async clear(id: string): Promise<void> {
    if (id in this.#all) await this.#change(id, 0);
  }

  get #all(): Until {
    const all = this.#index.get<unknown>(INDEX_KEY);
    return typeof all === 'object' && all !== null ? (all as Until) : {};
  }

  async #change(id: string, until: number): Promise<void> {
    const now = this.#clock.wall();
    const others = Object.entries({ ...this.#all, [id]: until }).filter(([, end]) => left(end, now) > 0);
    await this.#index.update(INDEX_KEY, others.length > 0 ? Object.fromEntries(others) : undefined);
  }
}

function left(until: number, now: number): number {
  const ms = until - now;
  return ms > 0 && ms <= MAX_WAIT_MS ? ms : 0;
}
