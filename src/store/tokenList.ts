import type { Memento } from 'vscode';
import { entrySchema, laterOf, type TokenEntry } from './tokenEntry.js';

const KEY = 'tokens';

/**
 * The API tokens in order, as far as this window knows. `globalState` keeps the list for the first paint of the next
 * session, and any window may overwrite it with an old one. So the kept list only adds tokens; only a removal recorded in
 * {@link TokenFacts} takes one off.
 */
export class TokenList {
  readonly #memento: Memento;
  /** Entries from the facts, which take precedence over the kept list. */
  readonly #shown = new Map<string, TokenEntry>();
  readonly #removed = new Set<string>();
  #raw: unknown;
  #kept: readonly TokenEntry[] = [];
  #entries: readonly TokenEntry[] = [];
  #byId: ReadonlyMap<string, TokenEntry> = new Map();
  #byTenant: ReadonlyMap<string, readonly TokenEntry[]> = new Map();

  constructor(memento: Memento) {
    this.#memento = memento;
  }

  /** The same array until the list changes. */
  get entries(): readonly TokenEntry[] {
    this.#read();
    return this.#entries;
  }

  /** The ids of the tenants that have tokens. */
  get tenants(): Iterable<string> {
    this.#read();
    return this.#byTenant.keys();
  }

  of(tenant: string): readonly TokenEntry[] {
    this.#read();
    return this.#byTenant.get(tenant) ?? [];
  }

  find(id: string): TokenEntry | undefined {
    this.#read();
    return this.#byId.get(id);
  }

  /** Whether the kept list has the token's current entry. */
  isKept(id: string): boolean {
    this.#read();
    const shown = this.#shown.get(id);
    return shown ? this.#kept.some((one) => isSame(one, shown)) : this.#byId.has(id);
  }

  /** Adds a token, or updates its name. */
  show(entry: TokenEntry): void {
    const listed = this.find(entry.id);
    if (listed && (isSame(listed, entry) || laterOf(listed, entry) === listed)) return;
    this.#shown.set(entry.id, entry);
    this.#merge();
  }

  /** Removes a token permanently, even if an older kept list still contains it. */
  drop(id: string): void {
    this.#removed.add(id);
    this.#merge();
  }

  /** Undoes {@link drop}. */
  restore(id: string): void {
    this.#removed.delete(id);
    this.#merge();
  }

  isDropped(id: string): boolean {
    return this.#removed.has(id);
  }

  /**
   * Keeps the list for the next session, if it has changed.
   * @param order ids that come first, in this order
   * @throws what `globalState` throws
   */
  async save(order: readonly string[] = []): Promise<void> {
    const place = ({ id }: TokenEntry): number => (order.includes(id) ? order.indexOf(id) : order.length);
    const entries = order.length > 0 ? [...this.entries].sort((a, b) => place(a) - place(b)) : this.entries;
    if (JSON.stringify(entries) !== JSON.stringify(this.#kept)) await this.#memento.update(KEY, entries);
  }

  /** Parses each value once: `globalState` returns the same one until it changes. */
  #read(): void {
    const raw = this.#memento.get<unknown>(KEY);
    if (raw === this.#raw) return;
    const before = this.#kept;
    this.#raw = raw;
    this.#kept = Array.isArray(raw) ? raw.flatMap((one) => entrySchema.safeParse(one).data ?? []) : [];
    const kept = new Set(this.#kept.map(({ id }) => id));
    for (const one of before) if (!kept.has(one.id) && !this.#shown.has(one.id)) this.#shown.set(one.id, one);
    this.#merge();
  }

  #merge(): void {
    const kept = this.#shown.size === 0 ? this.#kept : this.#kept.map((one) => this.#shown.get(one.id) ?? one);
    const known = new Set(kept.map(({ id }) => id));
    const added = [...this.#shown.values()].filter(({ id }) => !known.has(id)).sort((a, b) => a.addedAt - b.addedAt);
    const all = added.length === 0 ? kept : [...kept, ...added];
    this.#entries = this.#removed.size === 0 ? all : all.filter(({ id }) => !this.#removed.has(id));
    this.#byId = new Map(this.#entries.map((one) => [one.id, one]));
    this.#byTenant = Map.groupBy(this.#entries, ({ tenant }) => tenant);
  }
}

function isSame(one: TokenEntry, other: TokenEntry): boolean {
  return one.id === other.id && one.name === other.name && one.renamedAt === other.renamedAt;
}
