import type { Memento, SecretStorage } from 'vscode';
import * as z from 'zod/mini';
import { AppError } from '../errors.js';
import { Emitter, type Disposable, type Event } from '../event.js';
import type { Secret } from '../platforms/platform.js';
import { parseRecord, type TokenRecord } from './record.js';

const INDEX_KEY = 'tokens';
const SECRET_PREFIX = 'token.';

const entry = z.object({
  id: z.string(),
  tenant: z.string(),
  name: z.string(),
  /** Epoch ms. */
  addedAt: z.number(),
  /** The service exchanges it once; its access token is all there will be. */
  singleUse: z.optional(z.boolean()),
});

/** What may be known of an API token without opening the vault. */
export type TokenEntry = Readonly<z.infer<typeof entry>>;

type NewToken = Omit<TokenEntry, 'id' | 'addedAt'> & {
  readonly boundTo: string;
  readonly secret: Secret;
};

/**
 * Keeps API tokens: an index without secrets in `globalState`, one record per token in SecretStorage. The index is what
 * tells a secret that the machine lost from one that never was.
 */
export class Vault implements Disposable {
  readonly #secrets: SecretStorage;
  readonly #index: Memento;
  readonly #now: () => number;
  readonly #recordChanged = new Emitter<string>();
  readonly #listChanged = new Emitter<void>();
  readonly #subscription: Disposable;
  #raw: unknown;
  /** The index as it was read last. */
  #kept: readonly TokenEntry[] = [];
  /** Tokens that are being removed: an exchange that ends meanwhile must not write them back. */
  readonly #leaving = new Set<string>();
  /** The index that listeners know of. */
  #told: readonly TokenEntry[];
  /** Tokens of the sandbox: they end with the session, so nothing outside this object learns of them. */
  readonly #session = new Map<string, { readonly entry: TokenEntry; value: string }>();

  constructor(secrets: SecretStorage, index: Memento, now: () => number) {
    this.#secrets = secrets;
    this.#index = index;
    this.#now = now;
    this.#subscription = secrets.onDidChange(({ key }) => {
      if (!key.startsWith(SECRET_PREFIX)) return;
      this.#recordChanged.fire(key.slice(SECRET_PREFIX.length));
      this.checkList();
    });
    this.#readIndex();
    this.#told = this.#kept;
  }

  /** Fires the id of a token whose record was written or removed, in this window or another. */
  get onDidChangeRecord(): Event<string> {
    return this.#recordChanged.event;
  }

  /** Fires when tokens were added, renamed, reordered or removed. */
  get onDidChangeList(): Event<void> {
    return this.#listChanged.event;
  }

  /** All tokens, in their order. Reads no secret. */
  get entries(): readonly TokenEntry[] {
    this.#readIndex();
    return [...this.#kept, ...[...this.#session.values()].map((held) => held.entry)];
  }

  /** Looks whether another window has changed the list: `globalState` does not tell. */
  checkList(): void {
    this.#readIndex();
    if (this.#kept === this.#told) return;
    const isNew = JSON.stringify(this.#kept) !== JSON.stringify(this.#told);
    this.#told = this.#kept;
    if (isNew) this.#listChanged.fire();
  }

  of(tenant: string): readonly TokenEntry[] {
    return this.entries.filter((candidate) => candidate.tenant === tenant);
  }

  find(id: string | undefined): TokenEntry | undefined {
    return this.entries.find((candidate) => candidate.id === id);
  }

  /** True for what ends with this session, as the sandbox's tokens do. */
  isForSession(id: string): boolean {
    return this.#session.has(id);
  }

  /**
   * Stores a secret, makes sure that it is there, and only then lists it.
   * @throws AppError `token-not-stored`
   */
  async add({ boundTo, secret, ...rest }: NewToken): Promise<TokenEntry> {
    const added: TokenEntry = { ...rest, id: crypto.randomUUID(), addedAt: this.#now() };
    try {
      await this.#store(added.id, serialize({ v: 1, generation: 0, boundTo, secret }));
      await this.#updateIndex((kept) => [...kept, added]);
      return added;
    } catch (cause) {
      // Whatever of it was kept is in no list, so nobody could ever remove it.
      await Promise.resolve(this.#secrets.delete(SECRET_PREFIX + added.id)).catch(() => undefined);
      throw new AppError('token-not-stored', {}, cause);
    }
  }

  /** Like {@link add}, for as long as this object lives, and kept nowhere. */
  addForSession({ boundTo, secret, ...rest }: NewToken): TokenEntry {
    const added: TokenEntry = { ...rest, id: crypto.randomUUID(), addedAt: this.#now() };
    this.#session.set(added.id, { entry: added, value: serialize({ v: 1, generation: 0, boundTo, secret }) });
    this.#listChanged.fire();
    return added;
  }

  /**
   * The record as it is stored at this moment.
   * @throws AppError `token-unknown`, `secret-lost` (listed and not there), `secret-unreadable` (damaged, or a later version's),
   * `secret-store-failed`
   */
  async read(id: string): Promise<TokenRecord> {
    if (!this.find(id)) throw new AppError('token-unknown');
    const value = this.#session.get(id)?.value ?? (await this.#get(id));
    if (value === undefined) throw new AppError('secret-lost');
    const record = parseRecord(value);
    if (!record) throw new AppError('secret-unreadable');
    return record;
  }

  /**
   * Replaces the record of a listed token and reads it back: a store that resolves has not always kept the value.
   * @throws AppError `token-unknown` if it was removed meanwhile, `secret-not-kept`
   */
  async write(id: string, record: TokenRecord): Promise<void> {
    if (!this.#isThere(id)) throw new AppError('token-unknown');
    try {
      await this.#store(id, serialize(record));
    } finally {
      await this.#requireThere(id);
    }
    this.#recordChanged.fire(id);
  }

  async rename(id: string, name: string): Promise<void> {
    const held = this.#session.get(id);
    if (held) {
      this.#session.set(id, { ...held, entry: { ...held.entry, name } });
      this.#listChanged.fire();
      return;
    }
    await this.#updateIndex((kept) => kept.map((one) => (one.id === id ? { ...one, name } : one)));
  }

  /** Puts the tokens into the order of `ids`; those not named stay behind them. */
  async reorder(ids: readonly string[]): Promise<void> {
    const place = (one: TokenEntry): number => (ids.includes(one.id) ? ids.indexOf(one.id) : ids.length);
    await this.#updateIndex((kept) => [...kept].sort((a, b) => place(a) - place(b)));
  }

  /**
   * The secret goes first: a crash in between leaves a row that can be removed again, never a secret that nobody sees.
   * @throws AppError `secret-store-failed`; the token is still there then
   */
  async remove(id: string): Promise<void> {
    if (this.#session.delete(id)) {
      this.#listChanged.fire();
    } else {
      this.#leaving.add(id);
      try {
        await this.#delete(id);
        await this.#updateIndex((kept) => kept.filter((one) => one.id !== id));
      } finally {
        this.#leaving.delete(id);
      }
    }
    this.#recordChanged.fire(id);
  }

  /** Removes every secret of the extension, also those that the index does not know. */
  async removeAll(): Promise<void> {
    const ids = new Set(this.entries.map(({ id }) => id));
    for (const key of await this.#secrets.keys()) if (key.startsWith(SECRET_PREFIX)) ids.add(key.slice(SECRET_PREFIX.length));
    for (const id of ids) await this.remove(id);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#recordChanged.dispose();
    this.#listChanged.dispose();
    this.#session.clear();
  }

  #isThere(id: string): boolean {
    return this.find(id) !== undefined && !this.#leaving.has(id);
  }

  /** What was written while its token was removed goes too. */
  async #requireThere(id: string): Promise<void> {
    if (this.#isThere(id)) return;
    await this.#delete(id);
    throw new AppError('token-unknown');
  }

  async #get(id: string): Promise<string | undefined> {
    try {
      return await this.#secrets.get(SECRET_PREFIX + id);
    } catch (cause) {
      throw new AppError('secret-store-failed', {}, cause);
    }
  }

  async #delete(id: string): Promise<void> {
    try {
      await this.#secrets.delete(SECRET_PREFIX + id);
    } catch (cause) {
      throw new AppError('secret-store-failed', {}, cause);
    }
  }

  /** Parsed once for each value: `globalState` hands out the same one until it changes. */
  #readIndex(): void {
    const raw = this.#index.get<unknown>(INDEX_KEY);
    if (raw === this.#raw) return;
    this.#raw = raw;
    this.#kept = Array.isArray(raw) ? raw.flatMap((value) => entry.safeParse(value).data ?? []) : [];
  }

  async #updateIndex(change: (kept: readonly TokenEntry[]) => readonly TokenEntry[]): Promise<void> {
    this.#readIndex();
    await this.#index.update(INDEX_KEY, change(this.#kept));
    this.#readIndex();
    this.#told = this.#kept;
    this.#listChanged.fire();
  }

  async #store(id: string, value: string): Promise<void> {
    const held = this.#session.get(id);
    if (held) {
      held.value = value;
      return;
    }
    try {
      await this.#secrets.store(SECRET_PREFIX + id, value);
      if ((await this.#secrets.get(SECRET_PREFIX + id)) === value) return;
    } catch (cause) {
      throw new AppError('secret-not-kept', {}, cause);
    }
    throw new AppError('secret-not-kept');
  }
}

function serialize(record: TokenRecord): string {
  return JSON.stringify(record);
}
