import type { Memento, SecretStorage } from 'vscode';
import { AppError } from '../base/errors.js';
import { Emitter, type Disposable, type Event } from '../base/event.js';
import { STORE_MS } from '../base/timeLimits.js';
import type { Secret } from '../platforms/tenant.js';
import { pause, type Clock } from '../base/clock.js';
import type { Binding } from './binding.js';
import type { Log } from '../base/log.js';
import type { Access, TokenRecord } from './record.js';
import { RecordStore, type Backup } from './recordStore.js';
import { SecretStore } from './secretStore.js';
import type { TokenEntry } from './tokenEntry.js';
import { TokenFacts } from './tokenFacts.js';
import { REMOVAL_SEEN_MS, TokenRegistry } from './tokenRegistry.js';

const POLL_MS = 50;

type NewToken = Omit<TokenEntry, 'id' | 'addedAt'> &
  Binding & {
    readonly secret: Secret;
    /** The access token that came with the secret. */
    readonly access?: Pick<Access, 'token' | 'expiresAt'>;
  };

interface Parts {
  readonly secrets: SecretStorage;
  readonly index: Memento;
  readonly clock: Clock;
  readonly log: Log;
  readonly backup?: Backup;
  /** Whether a tenant is in the settings. */
  readonly knowsTenant: (tenant: string) => boolean;
}

/** Stores API tokens: their records, those that {@link TokenRegistry} has on record and those that end with this session. */
export class Vault implements Disposable {
  readonly #records: RecordStore;
  readonly #registry: TokenRegistry;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #recordChanged = new Emitter<string>();
  readonly #listChanged = new Emitter<void>();
  readonly #subscriptions: readonly Disposable[];
  /** The generations of records that this window has waited for without success, by token. */
  readonly #unseen = new Map<string, number>();
  /** Tokens whose records are being restored. */
  readonly #returning = new Set<string>();
  /** Tokens of the sandbox. They end with the session, so they are kept only here. */
  readonly #session = new Map<string, { readonly entry: TokenEntry; record: TokenRecord }>();

  constructor({ secrets, index, clock, log, backup, knowsTenant }: Parts) {
    const store = new SecretStore(secrets, clock);
    const records = new RecordStore({ secrets: store, clock, log, backup });
    const facts = new TokenFacts(store, backup?.folder);
    const registry = new TokenRegistry({ index, facts, records, clock, log, knowsTenant });
    [this.#records, this.#registry, this.#clock, this.#log] = [records, registry, clock, log];
    this.#subscriptions = [
      registry,
      registry.onDidChange(() => this.#listChanged.fire()),
      registry.onDidRemove((id) => this.#recordChanged.fire(id)),
      secrets.onDidChange(({ key }) => {
        const fact = TokenFacts.parseKey(key);
        if (!fact) return;
        if (fact.of === 'record') this.#recordChanged.fire(fact.id);
        if (fact.of !== 'record' || !this.find(fact.id)) this.checkList();
      }),
    ];
  }

  /** Fires with the id of a token whose record was written or removed, in this window or another. */
  get onDidChangeRecord(): Event<string> {
    return this.#recordChanged.event;
  }

  /** Fires when tokens were added, renamed, reordered or removed. */
  get onDidChangeList(): Event<void> {
    return this.#listChanged.event;
  }

  /** All tokens, in their order. Reads no secret. */
  get entries(): readonly TokenEntry[] {
    return [...this.#registry.list.entries, ...this.#ofSession()];
  }

  /** Checks whether another window has changed the list: `globalState` at once, the facts soon after. */
  checkList(): void {
    this.#registry.check();
  }

  /** Corrects the list at startup, because another window may have left an old one. Never rejects. */
  async begin(): Promise<void> {
    await this.#registry.begin();
  }

  /** The ids of the tenants that have tokens. */
  get tenants(): Iterable<string> {
    if (this.#session.size === 0) return this.#registry.list.tenants;
    return new Set([...this.#registry.list.tenants, ...this.#ofSession().map((held) => held.tenant)]);
  }

  of(tenant: string): readonly TokenEntry[] {
    return [...this.#registry.list.of(tenant), ...this.#ofSession().filter((held) => held.tenant === tenant)];
  }

  find(id: string | undefined): TokenEntry | undefined {
    if (id === undefined) return undefined;
    return this.#session.get(id)?.entry ?? this.#registry.list.find(id);
  }

  /** True for tokens that end with this session, such as the sandbox's. */
  isForSession(id: string): boolean {
    return this.#session.has(id);
  }

  /**
   * Stores a secret, verifies it, and only then lists the token.
   * @throws AppError `window-outdated`, `token-not-stored`
   */
  async add(token: NewToken): Promise<TokenEntry> {
    const { added, record } = this.#newcomer(token);
    await this.#registry.add(added, record);
    return added;
  }

  /** Like {@link add}, but in memory only, for this session. */
  addForSession(token: NewToken): TokenEntry {
    const { added, record } = this.#newcomer(token);
    this.#session.set(added.id, { entry: added, record });
    this.#listChanged.fire();
    return added;
  }

  /**
   * Ensures that storing here overwrites nothing of another window. Call before sending a secret that the service may
   * replace.
   * @throws AppError `window-outdated`, and any error from storing the key
   */
  async prepare(): Promise<void> {
    await this.#records.prepare();
  }

  /**
   * The record as this window sees it now: the newer of both copies. Restores a record that SecretStorage has lost.
   * @throws AppError `token-unknown`, `secret-lost` (listed but not stored), `store-emptied` (all secrets are lost),
   * `window-outdated` (stored by another window, but not visible here), `secret-unreadable` (damaged, or of a later
   * version), `secret-store-failed`
   */
  async read(id: string): Promise<TokenRecord> {
    return (await this.#read(id)).record;
  }

  /**
   * The newest record that any window has written; waits until it is visible here. Call while holding the lock.
   * @throws AppError as {@link read}; `renewed-elsewhere` if it is not visible within 5 s, or was not before
   */
  async readNewest(id: string): Promise<TokenRecord> {
    const begun = this.#clock.mono();
    for (;;) {
      const { record, newest } = await this.#read(id);
      if (record.generation >= newest) return record;
      if (this.#unseen.get(id) === newest || this.#clock.mono() - begun > STORE_MS) {
        this.#unseen.set(id, newest);
        throw new AppError('renewed-elsewhere');
      }
      await pause(this.#clock, POLL_MS);
    }
  }

  /** The highest generation of both copies; 0 if neither can be read, Infinity for a record of a later version. */
  async generation(id: string): Promise<number> {
    return this.#session.get(id)?.record.generation ?? this.#records.generation(id);
  }

  /**
   * Replaces the record of a listed token in both copies, and reads it back, because SecretStorage may resolve without
   * having kept it.
   * @throws AppError `token-unknown` if the token was removed meanwhile, `renewed-elsewhere` if there is a newer record,
   * `secret-not-kept`
   */
  async write(id: string, record: TokenRecord): Promise<void> {
    if ((await this.generation(id)) > record.generation) throw new AppError('renewed-elsewhere');
    await this.overwrite(id, record);
  }

  /**
   * Like {@link write}, but also replaces a newer record: for a secret that a person has entered.
   * @throws AppError `token-unknown`, `secret-not-kept`
   */
  async overwrite(id: string, record: TokenRecord): Promise<void> {
    const held = this.#session.get(id);
    if (held) {
      held.record = record;
    } else {
      await this.#registry.requireThere(id);
      await this.#records.requireSeen();
      try {
        await this.#records.replace(id, record);
      } finally {
        void this.#registry.forgetRemoved(id);
        await this.#registry.requireThere(id);
      }
    }
    this.#recordChanged.fire(id);
  }

  /**
   * Restores a record that SecretStorage has lost, unless a removal by another window shows up within a second. Only logs a
   * failure, because it changes nothing.
   */
  async putBack(id: string, record: TokenRecord): Promise<void> {
    if (this.#returning.has(id)) return;
    this.#returning.add(id);
    try {
      await pause(this.#clock, REMOVAL_SEEN_MS);
      if ((await this.#records.isStored(id)) || !this.find(id) || (await this.#registry.isRemoved(id))) return;
      await this.#records.requireSeen();
      await this.#records.store(id, record);
      this.#log.info('restored a record that the key store had lost');
    } catch {
      this.#log.warn('could not restore a record that the key store had lost');
    } finally {
      this.#returning.delete(id);
    }
  }

  /** @throws AppError `window-outdated`, `secret-store-failed` */
  async rename(id: string, name: string): Promise<void> {
    const held = this.#session.get(id);
    const entry = this.#registry.list.find(id);
    if (held) {
      this.#session.set(id, { ...held, entry: { ...held.entry, name } });
      this.#listChanged.fire();
    } else if (entry) {
      await this.#registry.rename(entry, name);
    }
  }

  /** Sorts the tokens by `ids`; the others follow. */
  async reorder(ids: readonly string[]): Promise<void> {
    await this.#registry.reorder(ids);
  }

  /**
   * Records the removal first, so that after a crash the next window deletes the secret.
   * @throws AppError `window-outdated`, `secret-store-failed`: the token remains; `removal-unfinished`: it is removed, and its
   * secret is deleted later
   */
  async remove(id: string): Promise<void> {
    if (!this.#session.delete(id)) return this.#registry.remove(id);
    this.#listChanged.fire();
    this.#recordChanged.fire(id);
  }

  /**
   * Removes all secrets of the extension, also those of unlisted tokens. What was removed before stays as it is.
   * @throws AppError `secret-store-failed`, `removal-unfinished`
   */
  async removeAll(): Promise<void> {
    for (const id of this.#session.keys()) await this.remove(id);
    await this.#registry.removeAll();
    await this.#records.removeKey();
  }

  dispose(): void {
    for (const one of this.#subscriptions) one.dispose();
    this.#recordChanged.dispose();
    this.#listChanged.dispose();
    this.#session.clear();
  }

  #newcomer({ boundTo, trust, secret, access, ...rest }: NewToken): { readonly added: TokenEntry; readonly record: TokenRecord } {
    const now = this.#clock.wall();
    const added = { ...rest, id: crypto.randomUUID(), addedAt: now };
    return {
      added,
      record: {
        v: 1,
        generation: 0,
        boundTo,
        ...(trust && { trust }),
        secret,
        ...(access && { access: { ...access, exchangedAt: now } }),
      },
    };
  }

  async #read(id: string): Promise<{ readonly record: TokenRecord; readonly newest: number }> {
    if (!this.find(id)) throw new AppError('token-unknown');
    const held = this.#session.get(id);
    if (held) return { record: held.record, newest: held.record.generation };
    const { record, isStored, newest } = await this.#records.read(id);
    // An older stored record may be about to change, here or in another window; overwriting it could undo that change.
    if (!isStored) void this.putBack(id, record);
    return { record, newest };
  }

  #ofSession(): TokenEntry[] {
    return Array.from(this.#session.values(), ({ entry }) => entry);
  }
}
