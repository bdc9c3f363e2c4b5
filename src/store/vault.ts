import type { Memento, SecretStorage } from 'vscode';
import { AppError } from '../base/errors.js';
import { Emitter, type Disposable, type Event } from '../base/event.js';
import { KeyedMutex } from '../base/keyedMutex.js';
import { STORE_MS } from '../base/timeLimits.js';
import type { Secret } from '../platforms/tenant.js';
import { pause, type Clock } from '../base/clock.js';
import type { Binding } from './binding.js';
import type { Log } from '../base/log.js';
import type { Access, TokenRecord } from './record.js';
import { RecordStore, type Backup } from './recordStore.js';
import { reviewList } from './reviewList.js';
import { SecretStore } from './secretStore.js';
import type { TokenEntry } from './tokenEntry.js';
import { TokenFacts } from './tokenFacts.js';
import { TokenList } from './tokenList.js';

const POLL_MS = 50;
/** After this time, a removal by another window is on record. */
const REMOVAL_SEEN_MS = 1_000;
/** What removals and reviews have in common: the list. */
const LIST = 'list';

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

/**
 * Stores API tokens: a record for each in {@link RecordStore}. A token exists if its record does and {@link TokenFacts} has no
 * removal of it; {@link TokenList} is this window's view of that.
 */
export class Vault implements Disposable {
  readonly #records: RecordStore;
  readonly #list: TokenList;
  readonly #facts: TokenFacts;
  readonly #knowsTenant: (tenant: string) => boolean;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #recordChanged = new Emitter<string>();
  readonly #listChanged = new Emitter<void>();
  readonly #subscription: Disposable;
  /** The generations of records that this window has waited for without success, by token. */
  readonly #unseen = new Map<string, number>();
  /** Tokens whose records are being restored. */
  readonly #returning = new Set<string>();
  /** Tokens that are being removed, which may still fail. */
  readonly #removing = new Set<string>();
  /** Runs one removal or review at a time: a review of facts that a failed removal has withdrawn would delete the token. */
  readonly #alone = new KeyedMutex();
  /** Tokens of the sandbox. They end with the session, so they are kept only here. */
  readonly #session = new Map<string, { readonly entry: TokenEntry; record: TokenRecord }>();
  /** The entries at the last change event. */
  #shownEntries: readonly TokenEntry[];
  #reviewing: Promise<void> | undefined;
  #isReviewWanted = false;

  constructor({ secrets, index, clock, log, backup, knowsTenant }: Parts) {
    const store = new SecretStore(secrets, clock);
    this.#records = new RecordStore({ secrets: store, clock, log, backup });
    this.#list = new TokenList(index);
    this.#shownEntries = this.#list.entries;
    this.#facts = new TokenFacts(store, backup?.folder);
    this.#knowsTenant = knowsTenant;
    this.#clock = clock;
    this.#log = log;
    this.#subscription = secrets.onDidChange(({ key }) => {
      const fact = TokenFacts.parseKey(key);
      if (!fact) return;
      if (fact.of === 'record') this.#recordChanged.fire(fact.id);
      if (fact.of !== 'record' || !this.find(fact.id)) this.checkList();
    });
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
    return [...this.#list.entries, ...this.#ofSession()];
  }

  /** Checks whether another window has changed the list: `globalState` at once, the facts soon after. */
  checkList(): void {
    this.#fireIfChanged();
    void this.#review(false);
  }

  /** Corrects the list at startup, because another window may have left an old one. Never rejects. */
  async begin(): Promise<void> {
    await this.#review(true);
  }

  /** The ids of the tenants that have tokens. */
  get tenants(): Iterable<string> {
    if (this.#session.size === 0) return this.#list.tenants;
    return new Set([...this.#list.tenants, ...this.#ofSession().map((held) => held.tenant)]);
  }

  of(tenant: string): readonly TokenEntry[] {
    return [...this.#list.of(tenant), ...this.#ofSession().filter((held) => held.tenant === tenant)];
  }

  find(id: string | undefined): TokenEntry | undefined {
    if (id === undefined) return undefined;
    return this.#session.get(id)?.entry ?? this.#list.find(id);
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
    try {
      await this.prepare();
      await this.#facts.keep(added);
      await this.#records.add(added.id, record);
      this.#list.show(added);
    } catch (cause) {
      this.#list.drop(added.id);
      // Delete whatever was stored: an unlisted token could never be removed.
      await this.#deleteAll(added.id).catch(() => undefined);
      throw notStored(cause);
    }
    await this.#saveList();
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
      await this.#requireThere(id);
      await this.#records.requireSeen();
      try {
        await this.#records.replace(id, record);
      } finally {
        void this.#forgetRemoved(id);
        await this.#requireThere(id);
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
      if (
        (await this.#records.isStored(id)) ||
        !this.find(id) ||
        (await this.#isRemoved(id)) ||
        (await this.#facts.isRemoved(id))
      )
        return;
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
    const entry = this.#list.find(id);
    if (held) {
      this.#session.set(id, { ...held, entry: { ...held.entry, name } });
      this.#listChanged.fire();
    } else if (entry) {
      const renamed = { ...entry, name, renamedAt: Math.max(this.#clock.wall(), (entry.renamedAt ?? entry.addedAt) + 1) };
      await this.#records.requireSeen();
      await this.#facts.keep(renamed, entry);
      this.#list.show(renamed);
      await this.#saveList();
    }
  }

  /** Sorts the tokens by `ids`; the others follow. */
  async reorder(ids: readonly string[]): Promise<void> {
    await this.#saveList(ids);
  }

  /**
   * Records the removal first, so that after a crash the next window deletes the secret.
   * @throws AppError `window-outdated`, `secret-store-failed`: the token remains; `removal-unfinished`: it is removed, and its
   * secret is deleted later
   */
  async remove(id: string): Promise<void> {
    if (this.#session.delete(id)) {
      this.#listChanged.fire();
    } else {
      await this.#alone.run(LIST, () => this.#remove(id));
      await this.#saveList();
    }
    this.#recordChanged.fire(id);
  }

  /**
   * Removes all secrets of the extension, also those of unlisted tokens. What was removed before stays as it is.
   * @throws AppError `secret-store-failed`, `removal-unfinished`
   */
  async removeAll(): Promise<void> {
    const { records, removed } = await this.#facts.stored();
    const copied = await this.#facts.copied();
    for (const id of new Set([...this.entries.map((one) => one.id), ...records, ...copied])) {
      const copy = await this.#records.copy(id);
      const isStored = records.has(id) || (copy !== undefined && copy !== 'removed');
      if (this.find(id) || (isStored && !removed.has(id))) await this.remove(id);
      else if (isStored) await this.#deleteAll(id);
    }
    await this.#records.removeKey();
  }

  dispose(): void {
    this.#subscription.dispose();
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

  /**
   * Deletes a record that was written while its token was being removed.
   * @throws AppError `token-unknown`
   */
  async #requireThere(id: string): Promise<void> {
    const wasBeingRemoved = this.#removing.has(id);
    const isRemoved = await this.#isRemoved(id);
    if (!isRemoved && this.find(id)) return;
    if (isRemoved && !wasBeingRemoved && !this.#removing.has(id)) await this.#deleteAll(id);
    throw new AppError('token-unknown');
  }

  /**
   * Whether the token was removed here or in a window that shares the folder. Does not use SecretStorage, which no longer
   * answers in a closing window.
   */
  async #isRemoved(id: string): Promise<boolean> {
    return this.#list.isDropped(id) || (await this.#records.isMarkedRemoved(id));
  }

  /** Deletes a record that was written while another window was removing its token, once that removal is visible. */
  async #forgetRemoved(id: string): Promise<void> {
    await pause(this.#clock, 2 * REMOVAL_SEEN_MS);
    try {
      await this.#alone.run(LIST, async () => {
        if ((await this.#isRemoved(id)) || (await this.#facts.isRemoved(id))) await this.#deleteAll(id);
      });
    } catch {
      this.#log.warn('could not delete a secret that another window has removed');
    }
  }

  /** Runs one review at a time; a request during a review causes another one. */
  async #review(isFirst: boolean): Promise<void> {
    this.#isReviewWanted = true;
    await (this.#reviewing ??= this.#reviewUntilDone(isFirst).finally(() => (this.#reviewing = undefined)));
  }

  async #reviewUntilDone(isFirst: boolean): Promise<void> {
    try {
      while (this.#isReviewWanted) {
        this.#isReviewWanted = false;
        await this.#alone.run(LIST, async () => {
          for (const id of await reviewList(this.#reviewParts(), isFirst)) await this.#deleteAll(id);
        });
        await this.#saveList();
      }
    } catch {
      this.#log.warn('could not compare the list of tokens with the stored records');
    }
  }

  #reviewParts(): Parameters<typeof reviewList>[0] {
    return {
      list: this.#list,
      facts: this.#facts,
      knowsTenant: this.#knowsTenant,
      requireSeen: () => this.#records.requireSeen(),
      isMarkedRemoved: (id) => this.#records.isMarkedRemoved(id),
      hasCopy: async (id) => {
        const copy = await this.#records.copy(id);
        return copy !== undefined && copy !== 'removed' && copy.value !== undefined;
      },
    };
  }

  /** @throws AppError as {@link remove} */
  async #remove(id: string): Promise<void> {
    this.#removing.add(id);
    this.#list.drop(id);
    try {
      await this.#records.requireSeen();
      await this.#putRemovalOnRecord(id);
    } catch (error) {
      this.#list.restore(id);
      throw error;
    } finally {
      this.#removing.delete(id);
    }
    // From here on, the next review deletes what is left, in whichever window.
    await this.#deleteAll(id).catch((cause: unknown) => {
      throw new AppError('removal-unfinished', {}, cause);
    });
  }

  /** @throws AppError `secret-store-failed` */
  async #putRemovalOnRecord(id: string): Promise<void> {
    try {
      await this.#facts.remove(id);
    } catch (error) {
      // A store that is late may keep it still.
      await this.#facts.restore(id).catch(() => undefined);
      throw error;
    }
  }

  /** @throws AppError `window-outdated`, `secret-store-failed` */
  async #deleteAll(id: string): Promise<void> {
    await this.#records.remove(id);
    await this.#facts.forget(id);
  }

  #ofSession(): TokenEntry[] {
    return Array.from(this.#session.values(), ({ entry }) => entry);
  }

  /** Keeps the list for the first paint of the next session. A failure loses only the order: the facts restore the tokens. */
  async #saveList(order?: readonly string[]): Promise<void> {
    await this.#list.save(order).catch(() => this.#log.warn('could not save the order of the tokens'));
    this.#fireIfChanged();
  }

  #fireIfChanged(): void {
    const { entries } = this.#list;
    if (entries === this.#shownEntries) return;
    const isNews = JSON.stringify(entries) !== JSON.stringify(this.#shownEntries);
    this.#shownEntries = entries;
    if (isNews) this.#listChanged.fire();
  }
}

/** The error to show when a new token could not be stored. */
export function notStored(cause: unknown): AppError {
  return cause instanceof AppError && cause.code === 'window-outdated' ? cause : new AppError('token-not-stored', {}, cause);
}
