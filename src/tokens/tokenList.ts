import type { Memento } from 'vscode';
import * as z from 'zod/mini';
import { quickCheck } from '../platforms/quick.js';

const KEY = 'tokens';
const ID_KEY = 'tokensId';
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

const entry = z.object({
  id: z.string(),
  tenant: z.string(),
  name: z.string(),
  /** Epoch ms. */
  addedAt: z.number(),
  /** The service exchanges it once; its access token is all there will be. */
  singleUse: z.optional(z.boolean()),
});

const isEntry = quickCheck(entry);

/** What may be known of an API token without opening the vault. */
export type TokenEntry = Readonly<z.infer<typeof entry>>;

/** What another window has changed. */
interface ListChange {
  readonly isNews: boolean;
  readonly gone: readonly TokenEntry[];
}

/** The list of API tokens that all windows keep in `globalState`, in their order. No secret is in it. */
export class TokenList {
  readonly #memento: Memento;
  #raw: unknown;
  /** As it was read last. */
  #kept: readonly TokenEntry[] = [];
  #byId: ReadonlyMap<string, TokenEntry> = new Map();
  #byTenant: ReadonlyMap<string, readonly TokenEntry[]> = new Map();
  /** The list that this window has told of. */
  #told: readonly TokenEntry[];
  /**
   * Removed by this window, and never listed in it again: what another one has written before it knew may come late, or be
   * written over the removal.
   */
  readonly #removed = new Set<string>();

  constructor(memento: Memento) {
    this.#memento = memento;
    this.#told = this.entries;
  }

  get entries(): readonly TokenEntry[] {
    this.#read();
    return this.#kept;
  }

  /** False where nothing was ever kept, or what was is damaged: then that a token is not listed says nothing. */
  get isThere(): boolean {
    this.#read();
    return Array.isArray(this.#raw);
  }

  /** The ids of the tenants whose tokens these are. */
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

  /** What another window has changed since the last time: `globalState` does not tell. */
  takeChange(): ListChange | undefined {
    const [before, now] = [this.#told, this.entries];
    if (now === before) return undefined;
    this.#told = now;
    return {
      isNews: JSON.stringify(now) !== JSON.stringify(before),
      gone: before.filter(({ id }) => !this.#byId.has(id)),
    };
  }

  /** @throws what `globalState` throws; it is listed as before then */
  async remove(id: string): Promise<void> {
    this.#removed.add(id);
    try {
      await this.update((entries) => entries.filter((one) => one.id !== id));
    } catch (error) {
      this.#removed.delete(id);
      throw error;
    }
  }

  /** Whether another window has written the list with a token that this one has removed. */
  get hasRemoved(): boolean {
    if (this.#removed.size === 0) return false;
    const raw = this.#memento.get<unknown>(KEY);
    return Array.isArray(raw) && raw.some((one) => isEntry(one) && this.#removed.has((one as TokenEntry).id));
  }

  /** What tells this list from those of other profiles and machines, which may use the same folder. */
  get id(): string | undefined {
    const id = this.#memento.get<unknown>(ID_KEY);
    return isId(id) ? id : undefined;
  }

  /** @throws what `globalState` throws */
  async identify(id: string): Promise<void> {
    await this.#memento.update(ID_KEY, id);
  }

  /** @throws what `globalState` throws */
  async update(change: (entries: readonly TokenEntry[]) => readonly TokenEntry[]): Promise<void> {
    await this.#memento.update(KEY, change(this.entries));
    this.#told = this.entries;
  }

  /** Parsed once for each value: `globalState` hands out the same one until it changes. */
  #read(): void {
    const raw = this.#memento.get<unknown>(KEY);
    if (raw === this.#raw) return;
    this.#raw = raw;
    const entries = Array.isArray(raw) ? raw.flatMap(read) : [];
    this.#kept = this.#removed.size === 0 ? entries : entries.filter(({ id }) => !this.#removed.has(id));
    this.#byId = new Map(this.#kept.map((one) => [one.id, one]));
    this.#byTenant = Map.groupBy(this.#kept, ({ tenant }) => tenant);
  }
}

/** Whether this may be the id of a token, or of a list. */
export const isId = (value: unknown): value is string => typeof value === 'string' && UUID.test(value);

/** Undefined for what is damaged. */
export function parseEntry(content: string): TokenEntry | undefined {
  try {
    return entry.safeParse(JSON.parse(content)).data;
  } catch {
    return undefined;
  }
}

/** As it is where it is in order, as nearly all are: thousands need no copy. */
function read(value: unknown): TokenEntry | readonly never[] {
  return isEntry(value) ? (value as TokenEntry) : (entry.safeParse(value).data ?? []);
}
