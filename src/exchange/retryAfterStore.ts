import type { Memento } from 'vscode';
import type { Clock } from '../base/clock.js';

const INDEX_KEY = 'waits';

/** Epoch ms. Of a wait from the future nobody knows how much is left: the clock was set back. */
interface Wait {
  readonly since: number;
  readonly until: number;
}

type All = Readonly<Record<string, Wait>>;

/** Until when a service wants to be left alone, for each API token. All windows keep to it, also after a restart. */
export class RetryAfterStore {
  readonly #index: Memento;
  readonly #clock: Clock;

  constructor(index: Memento, clock: Clock) {
    this.#index = index;
    this.#clock = clock;
  }

  /** ms from now; 0: not at all. */
  remaining(id: string): number {
    return left(this.#all[id], this.#clock.wall());
  }

  async set(id: string, ms: number): Promise<void> {
    const since = this.#clock.wall();
    await this.#change(id, { since, until: since + ms });
  }

  async clear(id: string): Promise<void> {
    if (id in this.#all) await this.#change(id, undefined);
  }

  get #all(): All {
    const all = this.#index.get<unknown>(INDEX_KEY);
    return typeof all === 'object' && all !== null ? (all as All) : {};
  }

  async #change(id: string, wait: Wait | undefined): Promise<void> {
    const now = this.#clock.wall();
    const others = Object.entries({ ...this.#all, [id]: wait }).filter(([, other]) => left(other, now) > 0);
    await this.#index.update(INDEX_KEY, others.length > 0 ? Object.fromEntries(others) : undefined);
  }
}

function left(wait: Wait | undefined, now: number): number {
  return wait && now >= wait.since ? Math.max(wait.until - now, 0) : 0;
}
